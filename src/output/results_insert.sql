-- In the order of enum statement in results_sqlite.c. The large tables are filled without SQL, once these are done.
INSERT INTO report (tool, version, schema_version, as_of, period, audience, reference, notice)
    VALUES (:tool, :version, :schema_version, nullif(:as_of, ''), nullif(:period, ''), :audience, nullif(:reference, ''),
            :notice);
INSERT INTO measure (id, title, kind, unit, direction, numerator, denominator, caution)
    VALUES (:id, :title, :kind, :unit, :direction, :numerator, :denominator, nullif(:caution, ''));
INSERT INTO practice (code, name, locality) VALUES (:code, :name, nullif(:locality, ''));
INSERT INTO specialty (code, title) VALUES (:code, :title);
INSERT INTO import (id, name, kind, profile, bytes, sha256, read, used, rejected, duplicates, left_out,
                    rejected_for, left_out_for)
    VALUES (:id, :name, :kind, :profile, :bytes, :sha256, :read, :used, :rejected, :duplicates, :left_out,
            :rejected_for, :left_out_for);
INSERT INTO reject (import_id, line, "column", reason, message) VALUES (:import_id, :line, :column, :reason, :message);
INSERT INTO comparison (
    scheme, reference, measure, kind, days, status, reason, practices, referrals, person_years,
    events, crude, crude_lower, crude_upper, standardised, standardised_lower, standardised_upper,
    reference_practices, reference_referrals, reference_person_years, reference_events,
    reference_crude, reference_crude_lower, reference_crude_upper, reference_standardised,
    reference_standardised_lower, reference_standardised_upper, crude_difference,
    crude_difference_lower, crude_difference_upper, difference, difference_lower, difference_upper,
    side, odds_ratio, odds_ratio_lower, odds_ratio_upper, sign_change)
VALUES (
    :scheme, :reference, :measure, :kind, :days, :status, :reason, :practices, :referrals,
    :person_years, :events, :crude, :crude_lower, :crude_upper, :standardised, :standardised_lower,
    :standardised_upper, :reference_practices, :reference_referrals, :reference_person_years,
    :reference_events, :reference_crude, :reference_crude_lower, :reference_crude_upper,
    :reference_standardised, :reference_standardised_lower, :reference_standardised_upper,
    :crude_difference, :crude_difference_lower, :crude_difference_upper, :difference,
    :difference_lower, :difference_upper, :side, :odds_ratio, :odds_ratio_lower, :odds_ratio_upper,
    :sign_change);
SELECT rootpage FROM sqlite_schema WHERE name = :name;
