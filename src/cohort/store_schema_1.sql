-- The store, version 1. What was accepted of each file, as canonical text; see include/referlens/cohort/store.h.
CREATE TABLE import (
    id INTEGER PRIMARY KEY, -- in the order in which they were taken in
    name TEXT NOT NULL, -- the file's base name
    kind TEXT NOT NULL, -- referrals, outcomes, practices, schemes, sessions; several joined by " and "
    profile TEXT NOT NULL,
    sha256 TEXT NOT NULL, -- of the file's bytes
    bytes INTEGER NOT NULL,
    encoding TEXT NOT NULL,
    delimiter TEXT NOT NULL,
    unused TEXT, -- columns of the file that nothing uses
    as_of TEXT, -- the day on which it was exported, if that was given
    read INTEGER NOT NULL, -- rows
    rejected INTEGER NOT NULL,
    left_out TEXT NOT NULL, -- JSON: rows left out by the profile, or as blank, for each reason
    new INTEGER NOT NULL, -- facts
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    UNIQUE (sha256, profile)
) STRICT;

-- What one rule of a profile made; a canonical file has one, number 0.
CREATE TABLE import_part (
    import_id INTEGER NOT NULL REFERENCES import (id),
    rule INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    made INTEGER NOT NULL,
    unchanged INTEGER NOT NULL, -- of these, facts that the store had already; they are not kept again
    unchanged_rows INTEGER NOT NULL, -- of these, such as stand for a row of the file's
    columns TEXT NOT NULL, -- JSON: what the file's columns held
    PRIMARY KEY (import_id, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE reject (
    import_id INTEGER NOT NULL REFERENCES import (id),
    line INTEGER NOT NULL,
    "column" INTEGER NOT NULL, -- byte in the line, from 1
    reason TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;

-- Facts, many to a block: the views below show them one by one.
CREATE TABLE block (
    id INTEGER PRIMARY KEY,
    import_id INTEGER NOT NULL REFERENCES import (id),
    rule INTEGER NOT NULL,
    counts INTEGER NOT NULL, -- 1: each fact stands for a row of the file's; 0: of rows that made others too
    first_line INTEGER NOT NULL, -- of the file, to which the lines in the text are relative
    kind TEXT NOT NULL,
    facts INTEGER NOT NULL,
    bytes INTEGER NOT NULL, -- of the text
    text TEXT NOT NULL -- a line a fact: line from 1, order (empty: none), then the kind's columns, parted by U+001F and
                       -- escaped as in JSON
) STRICT;

-- 16 bytes a fact: hashes of what it is the same as (its identity), and of what it says. New files are held against these.
CREATE TABLE block_keys (
    block_id INTEGER PRIMARY KEY REFERENCES block (id),
    keys BLOB NOT NULL
) STRICT;

-- Facts of which a later import says something else.
CREATE TABLE superseded (
    block_id INTEGER NOT NULL REFERENCES block (id),
    fact INTEGER NOT NULL, -- number in the block, from 0
    PRIMARY KEY (block_id, fact)
) STRICT, WITHOUT ROWID;
