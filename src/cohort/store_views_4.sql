-- What a SQL tool sees of the store, version 4: as in version 1, but of several facts of the same the one that counts.
-- Each fact that no import superseded as a JSON array, with its import and line.
CREATE VIEW stored_fact AS
    SELECT block.import_id, block.kind, block.first_line + (fact.value ->> 0) - 1 AS line, fact.value AS columns, block.id AS block_id,
           EXISTS (SELECT 1 FROM contested WHERE contested.block_id = block.id AND contested.fact IN (-1, fact.key)) AS contested
    FROM block, json_each('[["' || replace(replace(trim(block.text, char(10)), char(31), '","'), char(10), '"],["') || '"]]') AS fact
    WHERE NOT EXISTS (SELECT 1 FROM superseded WHERE superseded.block_id = block.id AND superseded.fact = fact.key);

-- Of those that may not be the only ones, the place among those of the same: the first counts. Rows that a profile orders
-- come before others, in their order; then the one whose text sorts first.
CREATE VIEW placed_fact AS
    SELECT import_id, kind, line, columns, number, row_number() OVER same AS place, text = first_value(text) OVER same AS is_repeat
    FROM (SELECT *, nullif(columns ->> 1, '') AS number,
                 (SELECT group_concat(value, ',') FROM (SELECT value FROM json_each(columns) WHERE key >= 2 ORDER BY key)) AS text
          FROM stored_fact
          WHERE contested AND block_id IN (SELECT contested.block_id FROM contested))
    WINDOW same AS (PARTITION BY kind,
                                 CASE kind WHEN 'referrals' THEN json_array(columns ->> 2)
                                           WHEN 'practices' THEN json_array(columns ->> 2, columns ->> 6, columns ->> 7, columns ->> 8)
                                           WHEN 'schemes' THEN json_array(columns ->> 2, columns ->> 6, columns ->> 4)
                                           ELSE json_remove(columns, '$[0]') END
                    ORDER BY number IS NULL, CAST(number AS INTEGER), text, import_id, line);

CREATE VIEW fact AS
    SELECT import_id, kind, line, columns FROM stored_fact WHERE NOT contested
    UNION ALL
    SELECT import_id, kind, line, columns FROM placed_fact WHERE place = 1;

-- Rows of one event of which one knows all that another does, and perhaps more, are that one.
CREATE VIEW event AS
    WITH contested_event AS MATERIALIZED (
        SELECT columns, import_id, line, columns ->> 2 AS id, columns ->> 3 AS date, columns ->> 4 AS type,
               CAST(columns ->> 5 AS INTEGER) AS number, columns ->> 6 AS reason, columns ->> 7 AS contacted, columns ->> 8 AS consulted
        FROM placed_fact WHERE kind = 'outcomes' AND place = 1)
    SELECT columns ->> 2 AS referral_id, columns ->> 3 AS event_date, columns ->> 4 AS event_type,
           nullif(columns ->> 5, '') AS event_seq, nullif(columns ->> 6, '') AS reason_code,
           nullif(columns ->> 7, '') AS referrer_contacted, nullif(columns ->> 8, '') AS patient_consulted,
           import_id, line
    FROM (SELECT columns, import_id, line FROM stored_fact WHERE kind = 'outcomes' AND NOT contested
          UNION ALL
          SELECT columns, import_id, line FROM contested_event AS this
          WHERE NOT EXISTS (
              SELECT 1 FROM contested_event AS other
              WHERE (other.id, other.date, other.type, other.number) = (this.id, this.date, this.type, this.number)
                AND this.reason IN ('', other.reason) AND this.contacted IN ('', other.contacted) AND this.consulted IN ('', other.consulted)
                AND ((this.reason, this.contacted, this.consulted) <> (other.reason, other.contacted, other.consulted)
                     OR (other.import_id, other.line) < (this.import_id, this.line))));

-- Each rejected row with the name of its file, and those that another row of the same key contradicts.
CREATE VIEW rejected AS
    SELECT import.name AS file, line, "column", reason, message, import_id
    FROM reject JOIN import ON import.id = import_id
    UNION ALL
    SELECT import.name, line, 1, 'conflict: another row of the same key differs',
           CASE placed_fact.kind
               WHEN 'referrals' THEN 'another row has the same referral_id and differs; the one whose text sorts first is used'
               ELSE 'another row says something else of the same; the one whose text sorts first is used' END,
           import_id
    FROM placed_fact JOIN import ON import.id = import_id
    WHERE placed_fact.kind IN ('referrals', 'practices', 'schemes') AND number IS NULL AND NOT is_repeat;
