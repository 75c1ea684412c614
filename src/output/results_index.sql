-- For "this measure in this quarter, each practice" and for "all about this practice". The many rows of a practice by
-- specialty are left to the second: sorting them too would take as long as writing them.
CREATE INDEX result_by_measure ON result (measure, period) WHERE specialty IS NULL;
CREATE INDEX result_by_practice ON result (practice);
COMMIT;
