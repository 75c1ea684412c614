-- In the order of enum store_statement in store.c. Those for a report come first, and fit every version of the store.
SELECT id, name, kind, profile, sha256, bytes, encoding, delimiter, coalesce(unused, ''), read, rejected, left_out,
       coalesce(as_of, '')
    FROM import ORDER BY id;
SELECT rule, name, kind, made, unchanged, unchanged_rows, columns FROM import_part WHERE import_id = :import_id ORDER BY rule;
SELECT line, "column", reason, message FROM reject WHERE import_id = :import_id ORDER BY line, "column", rowid;
SELECT id, rule, counts, first_line, kind, facts, bytes FROM block WHERE import_id = :import_id ORDER BY id;
SELECT text FROM block WHERE id = :block_id;
SELECT fact FROM superseded WHERE block_id = :block_id ORDER BY fact;
SELECT id, encoding = :encoding AND profile_text IS :profile_text,
       EXISTS (SELECT 1 FROM superseded JOIN block ON block.id = block_id
               WHERE block.import_id = import.id
                  OR (import.unchanged > 0 AND block.import_id < import.id AND superseded.import_id > import.id
                      AND block.kind IN (SELECT kind FROM import_part WHERE import_part.import_id = import.id)))
       OR instr(left_out, :overruled) > 0,
       coalesce(as_of, '')
    FROM import WHERE sha256 = :sha256 AND profile = :profile ORDER BY id DESC LIMIT 1;
INSERT INTO import (name, kind, profile, sha256, bytes, encoding, delimiter, unused, as_of, read, rejected, left_out, new,
                    updated, unchanged, withdrawn, profile_text)
    VALUES (:name, :kind, :profile, :sha256, :bytes, :encoding, :delimiter, nullif(:unused, ''), nullif(:as_of, ''), :read, :rejected, :left_out,
            :new, :updated, :unchanged, :withdrawn, :profile_text);
INSERT INTO import_part (import_id, rule, name, kind, made, unchanged, unchanged_rows, columns)
    VALUES (:import_id, :rule, :name, :kind, :made, :unchanged, :unchanged_rows, :columns);
INSERT INTO reject (import_id, line, "column", reason, message) VALUES (:import_id, :line, :column, :reason, :message);
INSERT INTO block (import_id, rule, counts, first_line, kind, facts, bytes, text)
    VALUES (:import_id, :rule, :counts, :first_line, :kind, :facts, :bytes, :text);
INSERT INTO block_keys (block_id, keys) VALUES (:block_id, :keys);
INSERT INTO superseded (block_id, fact, import_id) VALUES (:block_id, :fact, :import_id);
INSERT INTO confirmed (block_id, import_id, facts) VALUES (:block_id, :import_id, :facts);
INSERT OR IGNORE INTO contested (block_id, fact) VALUES (:block_id, :fact);
INSERT OR IGNORE INTO contested (block_id, fact)
    SELECT id, -1 FROM block
    WHERE kind = :kind AND EXISTS (SELECT 1 FROM contested JOIN block AS whole ON whole.id = block_id WHERE fact = -1 AND whole.kind = :kind);
-- In this order of tables the keys come sorted. Another would sort them, which copies all of them to a temporary file.
SELECT block_id, import_id, keys, facts, coalesce(as_of > nullif(:as_of, ''), 0)
    FROM block_keys CROSS JOIN block ON block.id = block_id CROSS JOIN import ON import.id = import_id
    WHERE block.kind = :kind ORDER BY block_id;
SELECT fact, coalesce(as_of > nullif(:as_of, ''), 0)
    FROM superseded LEFT JOIN import ON import.id = import_id WHERE block_id = :block_id;
SELECT facts FROM confirmed JOIN import ON import.id = import_id WHERE block_id = :block_id AND as_of > nullif(:as_of, '');
UPDATE import SET rejected = rejected - dropped.rows,
                  left_out = json_insert(left_out, '$[#]', json_object('reason', :reason, 'rows', dropped.rows))
    FROM (SELECT count(*) AS rows FROM reject WHERE import_id = :import_id) AS dropped
    WHERE id = :import_id AND dropped.rows > 0;
DELETE FROM reject WHERE import_id = :import_id;
UPDATE import SET withdrawn = withdrawn + :withdrawn WHERE id = :import_id;
UPDATE import SET as_of = :as_of WHERE id = :import_id;
SELECT key FROM pseudonyms;
INSERT INTO pseudonyms (key) SELECT :key WHERE NOT EXISTS (SELECT 1 FROM pseudonyms WHERE key <> '?');
DELETE FROM pseudonyms WHERE key = '?' AND EXISTS (SELECT 1 FROM pseudonyms WHERE key <> '?');
