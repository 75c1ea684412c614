-- What version 4 adds to version 3: who superseded a fact and who said one again, so that an export that is taken in late
-- does not undo a later one; and which facts are not the only ones of the same, among which the views choose.
DROP VIEW rejected;
DROP VIEW event;
DROP VIEW fact;
ALTER TABLE superseded ADD COLUMN import_id INTEGER REFERENCES import (id); -- by which; NULL: by one of an earlier version

-- Facts that another import, taken in later, says too.
CREATE TABLE confirmed (
    block_id INTEGER NOT NULL REFERENCES block (id),
    import_id INTEGER NOT NULL REFERENCES import (id),
    facts BLOB NOT NULL, -- a bit a fact of the block, the lowest of a byte first
    PRIMARY KEY (block_id, import_id)
) STRICT, WITHOUT ROWID;

-- Facts that may have others beside them which are of the same: of one referral, or said twice.
CREATE TABLE contested (
    block_id INTEGER NOT NULL REFERENCES block (id),
    fact INTEGER NOT NULL, -- number in the block, from 0; -1: any of it
    PRIMARY KEY (block_id, fact)
) STRICT, WITHOUT ROWID;
INSERT INTO contested
    SELECT block_id, fact
    FROM (SELECT block_keys.block_id, fact.key AS fact,
                 count(*) OVER (PARTITION BY block.kind, substr(keys, 16 * fact.key + 1, 8)) AS of_the_same
          FROM block_keys JOIN block ON block.id = block_keys.block_id,
               json_each('[' || substr(replace(hex(zeroblob(facts)), '00', ',0'), 2) || ']') AS fact
          WHERE NOT EXISTS (SELECT 1 FROM superseded WHERE superseded.block_id = block.id AND superseded.fact = fact.key))
    WHERE of_the_same > 1;
-- Rows of which a profile uses the first are one referral however many there are; how they are told apart has changed, so
-- that they are compared no more.
INSERT INTO contested
    SELECT id, -1 FROM block
    WHERE kind = 'referrals'
      AND EXISTS (SELECT 1 FROM block WHERE kind = 'referrals' AND substr(text, instr(text, char(31)) + 1, 1) <> char(31));
UPDATE block_keys SET keys = x''
    WHERE block_id IN (SELECT id FROM block WHERE kind = 'referrals' AND substr(text, instr(text, char(31)) + 1, 1) <> char(31));
