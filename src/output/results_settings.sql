-- The file is written once, in a folder that is thrown away if anything fails, so nothing has to be undone.
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -8192;
-- 'RLns': the file says whose it is. user_version is that of the schema.
PRAGMA application_id = 1380740723;
PRAGMA user_version = 3;
