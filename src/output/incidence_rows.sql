-- The columns of table incidence, in its order.
CREATE TABLE incidence_rows (result_id, days, value, lower, upper);
