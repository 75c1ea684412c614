-- For "this measure, this quarter, each practice" and for "all about this practice".
CREATE INDEX result_by_slice ON result (measure, period, specialty, scheme);
CREATE INDEX result_by_practice ON result (practice);
COMMIT;
