-- What version 2 adds to version 1: each rejected row with the name of its file.
CREATE VIEW rejected AS
    SELECT import.name AS file, line, "column", reason, message, import_id
    FROM reject JOIN import ON import.id = import_id;
