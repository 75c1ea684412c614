-- For "this measure in this quarter, each practice". The many rows of a practice by specialty are left to
-- result_by_practice: sorting them too would take as long as writing them.
CREATE INDEX result_by_measure ON result (measure, period) WHERE specialty IS NULL;
