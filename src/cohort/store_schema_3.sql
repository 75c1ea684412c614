-- What version 3 adds to version 2: with which text of its profile a file was read, as the same file may be read again, and
-- the key of the pseudonyms.
DROP VIEW rejected; -- it names the table that is made anew
CREATE TABLE import_made_anew (
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
    withdrawn INTEGER NOT NULL, -- events of earlier imports that it does not have, where it holds all of its referrals
    profile_text INTEGER -- hash of the profile's text; 0: canonical; NULL: taken in by an earlier version
) STRICT;
INSERT INTO import_made_anew
    SELECT id, name, kind, profile, sha256, bytes, encoding, delimiter, unused, as_of, read, rejected, left_out, new, updated,
           unchanged, 0, CASE profile WHEN 'canonical' THEN 0 END
    FROM import;
DROP TABLE import;
ALTER TABLE import_made_anew RENAME TO import;
-- One row, once referrals or events were taken in. An earlier version kept no key: where ids do not look like pseudonyms
-- there was none, and where they do the next key that is given is it.
CREATE TABLE pseudonyms (
    key TEXT NOT NULL -- a fingerprint of the key by which those in the store were made; empty: keys are as they were; ?: not known
) STRICT;
INSERT INTO pseudonyms
    SELECT CASE WHEN length(id) = 64 AND id NOT GLOB '*[^0-9a-f]*' THEN '?' ELSE '' END
    FROM (SELECT columns ->> 2 AS id FROM fact WHERE kind IN ('referrals', 'outcomes') LIMIT 1);
