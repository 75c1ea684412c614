-- What a SQL tool sees of the store, version 1: a row a fact, a column a canonical column.
-- Each fact as a JSON array, with its import and line.
CREATE VIEW fact AS
    SELECT block.import_id, block.kind, block.first_line + (fact.value ->> 0) - 1 AS line, fact.value AS columns
    FROM block, json_each('[["' || replace(replace(trim(block.text, char(10)), char(31), '","'), char(10), '"],["') || '"]]') AS fact
    WHERE NOT EXISTS (SELECT 1 FROM superseded WHERE superseded.block_id = block.id AND superseded.fact = fact.key);

CREATE VIEW referral AS
    SELECT columns ->> 2 AS referral_id, columns ->> 3 AS practice_code, columns ->> 4 AS referral_date,
           columns ->> 5 AS specialty_code, nullif(columns ->> 6, '') AS request_type, nullif(columns ->> 7, '') AS priority,
           nullif(columns ->> 8, '') AS scheme, nullif(columns ->> 9, '') AS patient_key,
           nullif(columns ->> 10, '') AS referrer_key, nullif(columns ->> 11, '') AS previous_referral_id,
           nullif(columns ->> 12, '') AS received_date, nullif(columns ->> 13, '') AS provider_code,
           nullif(columns ->> 14, '') AS age_band, nullif(columns ->> 15, '') AS sex, nullif(columns ->> 16, '') AS imd_decile,
           import_id, line
    FROM fact WHERE kind = 'referrals';

CREATE VIEW event AS
    SELECT columns ->> 2 AS referral_id, columns ->> 3 AS event_date, columns ->> 4 AS event_type,
           nullif(columns ->> 5, '') AS event_seq, nullif(columns ->> 6, '') AS reason_code,
           nullif(columns ->> 7, '') AS referrer_contacted, nullif(columns ->> 8, '') AS patient_consulted,
           import_id, line
    FROM fact WHERE kind = 'outcomes';

CREATE VIEW practice AS
    SELECT columns ->> 2 AS practice_code, nullif(columns ->> 3, '') AS practice_name, nullif(columns ->> 4, '') AS locality,
           nullif(columns ->> 5, '') AS list_size, nullif(columns ->> 6, '') AS age_band, nullif(columns ->> 7, '') AS sex,
           nullif(columns ->> 8, '') AS period, import_id, line
    FROM fact WHERE kind = 'practices';

CREATE VIEW scheme AS
    SELECT columns ->> 2 AS practice_code, columns ->> 3 AS scheme, columns ->> 4 AS start_date,
           nullif(columns ->> 5, '') AS end_date, nullif(columns ->> 6, '') AS specialty_code,
           nullif(columns ->> 7, '') AS annual_cost, nullif(columns ->> 8, '') AS cost_per_referral,
           import_id, line
    FROM fact WHERE kind = 'schemes';

CREATE VIEW session AS
    SELECT columns ->> 2 AS practice_code, columns ->> 3 AS session_date, nullif(columns ->> 4, '') AS topic,
           nullif(columns ->> 5, '') AS specialty_code, import_id, line
    FROM fact WHERE kind = 'sessions';
