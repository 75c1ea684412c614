-- In the order of enum statement in results_sqlite.c. The large tables are filled without SQL, once these are done.
INSERT INTO measure (id, title, kind, unit, direction, numerator, denominator, caution)
    VALUES (:id, :title, :kind, :unit, :direction, :numerator, :denominator, nullif(:caution, ''));
INSERT INTO practice (code, name, locality) VALUES (:code, :name, nullif(:locality, ''));
INSERT INTO specialty (code, title) VALUES (:code, :title);
INSERT INTO import (id, name, kind, profile, bytes, sha256, read, used, rejected, duplicates, left_out,
                    rejected_for, left_out_for)
    VALUES (:id, :name, :kind, :profile, :bytes, :sha256, :read, :used, :rejected, :duplicates, :left_out,
            :rejected_for, :left_out_for);
INSERT INTO reject (import_id, line, "column", reason, message) VALUES (:import_id, :line, :column, :reason, :message);
SELECT rootpage FROM sqlite_schema WHERE name = :name;
