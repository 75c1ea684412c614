-- What became of each referral, as far as the two measures of the bench need it; both DuckDB and SQLite read this.
-- In: tables referrals, outcomes, schemes. :as_of, :own_quarter stand for the report's day and quarter.
CREATE TABLE fact AS
WITH event AS (
    SELECT o.referral_id, o.event_date, o.event_type, coalesce(nullif(o.event_seq, ''), '0') AS event_seq
    FROM outcomes AS o JOIN referrals AS r ON r.referral_id = o.referral_id
    WHERE o.event_date >= r.referral_date AND o.event_date <= ':as_of' AND r.request_type = 'referral'
), decision AS (
    SELECT referral_id, event_type, row_number() OVER (
        PARTITION BY referral_id ORDER BY event_date, CAST(event_seq AS INTEGER),
        CASE event_type WHEN 'rejected' THEN 0 WHEN 'returned_with_advice' THEN 1 WHEN 'redirected' THEN 2 ELSE 3 END
    ) AS place
    FROM event WHERE event_type IN ('rejected', 'returned_with_advice', 'redirected', 'accepted')
), attended AS (
    SELECT referral_id, min(event_date) AS event_date FROM event WHERE event_type = 'first_attended' GROUP BY referral_id
), placed AS (
    SELECT r.referral_id, s.scheme, row_number() OVER (
        PARTITION BY r.referral_id ORDER BY coalesce(s.specialty_code, '') = '', s.start_date DESC, s.scheme
    ) AS place
    FROM referrals AS r JOIN schemes AS s ON s.practice_code = r.practice_code
    WHERE coalesce(s.specialty_code, '') IN ('', r.specialty_code) AND s.start_date <= r.referral_date
      AND (coalesce(s.end_date, '') = '' OR r.referral_date <= s.end_date)
)
SELECT r.practice_code AS practice, r.specialty_code AS specialty,
       substr(r.referral_date, 1, 4) || '-Q' || CAST((CAST(substr(r.referral_date, 6, 2) AS INTEGER) + 2) / :three AS INTEGER) AS period,
       coalesce(nullif(r.scheme, ''), p.scheme) AS scheme,
       CASE WHEN d.event_type IS NOT NULL THEN 1 ELSE 0 END AS decided,
       CASE WHEN d.event_type = 'rejected' THEN 1 ELSE 0 END AS rejected,
       :wait AS wait
FROM referrals AS r
LEFT JOIN decision AS d ON d.referral_id = r.referral_id AND d.place = 1
LEFT JOIN attended AS a ON a.referral_id = r.referral_id
LEFT JOIN placed AS p ON p.referral_id = r.referral_id AND p.place = 1
WHERE r.request_type = 'referral' AND r.referral_date <= ':as_of';
