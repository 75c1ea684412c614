-- The tables of results.sqlite. A comment inside a statement is kept in the file for its readers.
BEGIN;

CREATE TABLE report ( -- one row: what this file is
    tool TEXT NOT NULL,
    version TEXT NOT NULL,
    schema_version TEXT NOT NULL, -- of measures.json and the others; that of these tables is user_version
    as_of TEXT, -- the day on which the exports were taken
    period TEXT, -- the report's own quarter, as 2025-Q2
    audience TEXT NOT NULL, -- shared, practice or analyst
    reference TEXT, -- the scheme that others are compared with; NULL where none are
    notice TEXT NOT NULL -- who may see it
) STRICT;

CREATE TABLE measure (
    id TEXT PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL, -- proportion, delay or rate
    unit TEXT NOT NULL,
    direction TEXT NOT NULL, -- higher or lower where patients would want that, otherwise neutral
    numerator TEXT NOT NULL, -- in words; of a delay: the event that ends the clock
    denominator TEXT NOT NULL,
    caution TEXT -- why its numbers are not to be trusted: rows of what it counts could not be used
) STRICT, WITHOUT ROWID;

CREATE TABLE practice (
    code TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL, -- the code where no name is known
    locality TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE specialty (
    code TEXT PRIMARY KEY NOT NULL,
    title TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE result (
    id INTEGER PRIMARY KEY,
    measure TEXT NOT NULL REFERENCES measure (id),
    practice TEXT REFERENCES practice (code), -- NULL in this and the next three: all
    specialty TEXT REFERENCES specialty (code),
    scheme TEXT,
    period TEXT, -- quarter of the referral date, as 2025-Q2
    kind TEXT NOT NULL,
    status TEXT NOT NULL, -- ok, suppressed, insufficient or not_recorded; a number that is not known is NULL
    numerator INTEGER, -- counts are whole: 1.0 * numerator / denominator, or SQL divides in whole numbers
    denominator ANY, -- of a proportion a count, of a rate person-years
    value REAL, -- with its 95 % interval
    lower REAL,
    upper REAL,
    expected REAL, -- of a rate by age and sex: what the rates of all would give; value = numerator / expected * that of all
    n INTEGER, -- of delays, from here on: subjects, and how they ended
    events INTEGER,
    competing INTEGER,
    censored INTEGER,
    median REAL, -- days, of all subjects
    median_lower REAL,
    median_upper REAL,
    p90 REAL,
    completed_median REAL, -- days, of those who ended in the event: biased short
    completed_p90 REAL,
    pending INTEGER, -- rows left out of the denominator: not decided or not answered
    immature INTEGER, -- follow-up too short to tell
    unknown INTEGER, -- the value, or the patient, is not known
    excluded TEXT NOT NULL GENERATED ALWAYS AS ( -- the three as JSON
        '{"pending":' || ifnull(pending, 'null') || ',"immature":' || ifnull(immature, 'null') ||
        ',"unknown":' || ifnull(unknown, 'null') || '}') VIRTUAL
) STRICT;

CREATE INDEX result_by_practice ON result (practice);

-- For "this measure in this quarter, each practice". The many rows of a practice by specialty are left to
-- result_by_practice.
CREATE INDEX result_by_measure ON result (measure, period) WHERE specialty IS NULL;

CREATE TABLE incidence (
    result_id INTEGER NOT NULL REFERENCES result (id),
    days INTEGER NOT NULL,
    value REAL NOT NULL, -- cumulative incidence by that day, 0 to 1; where it is not known there is no row
    lower REAL,
    upper REAL,
    PRIMARY KEY (result_id, days)
) STRICT, WITHOUT ROWID;

CREATE TABLE import (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    profile TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    read INTEGER NOT NULL, -- rows; = used + rejected + duplicates + left_out
    used INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    left_out INTEGER NOT NULL,
    rejected_for TEXT NOT NULL, -- JSON: the reasons and their rows
    left_out_for TEXT NOT NULL
) STRICT;

CREATE TABLE reject (
    import_id INTEGER NOT NULL REFERENCES import (id),
    line INTEGER NOT NULL,
    "column" INTEGER NOT NULL, -- byte in the line, from 1
    reason TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;
