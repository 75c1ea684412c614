-- As in version 2, of the table made anew.
CREATE VIEW rejected AS
    SELECT import.name AS file, line, "column", reason, message, import_id
    FROM reject JOIN import ON import.id = import_id;
