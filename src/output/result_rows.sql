-- The columns of table result, in its order.
CREATE TABLE result_rows (
    id, measure, practice, specialty, scheme, period, kind, status, numerator, denominator, value, lower, upper,
    n, events, competing, censored, median, median_lower, median_upper, p90, completed_median, completed_p90, excluded
);
