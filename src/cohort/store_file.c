#include "referlens/cohort/store_file.h"

#include "referlens/base/buffer.h"
#include "referlens/base/memory.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { APPLICATION_ID = 1380741236 /* 'RLst' */, WAIT_MILLISECONDS = 5000 };

/* By version: what makes it of the one before. The first makes it of an empty file. */
static const struct {
    const char *tables, *views;
} upgrades[] = {{
#include "src/cohort/store_schema_1.sql.h"
                    ,
#include "src/cohort/store_views_1.sql.h"
                },
                {
                    "",
#include "src/cohort/store_views_2.sql.h"
                },
                {
#include "src/cohort/store_schema_3.sql.h"
                    ,
#include "src/cohort/store_views_3.sql.h"
                },
                {
#include "src/cohort/store_schema_4.sql.h"
                    ,
#include "src/cohort/store_views_4.sql.h"
                }};
enum {
    VERSION = sizeof upgrades / sizeof upgrades[0],
    OLDEST_TO_READ = 1 /* as it is, for what cannot be written to: it has all that is read for a report */
};
_Static_assert((int)VERSION == (int)STORE_FILE_VERSION, "an upgrade a version");

static bool refuse_writing(const char *name, struct error *error)
{
    return error_set(error, "%s: the store, or its folder, may not be written", name);
}

static bool refuse_anothers(const char *name, struct error *error)
{
    return error_set(error, "%s: is a database of another program, not a referlens store", name);
}

static bool is_forbidden(int reason)
{
    return reason == EACCES || reason == EPERM || reason == EROFS;
}

/* Whether a run was cut off, and nobody could undo what it left half-written. */
static bool is_cut_off(const struct store_file *file)
{
    const int code = sqlite3_extended_errcode(file->database);
    return code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY;
}

static bool tell_cut_off(const struct store_file *file, struct error *error)
{
    return error_set(error, "%s: an earlier ingest was cut off; the store must be opened once where it may be written",
                     file->name);
}

bool store_file_fail(const struct store_file *file, struct error *error)
{
    const int code = sqlite3_errcode(file->database), reason = sqlite3_system_errno(file->database);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return error_set(error,
                         sqlite3_db_readonly(file->database, "main") == 1
                             ? "%s: another run is writing to the store; try again once it is done"
                             : "%s: another program has the store open; try again once it is done",
                         file->name);
    if (code == SQLITE_NOTADB)
        return error_set(error, "%s: is not a referlens store", file->name);
    if (is_cut_off(file))
        return tell_cut_off(file, error);
    if (code == SQLITE_READONLY || (code == SQLITE_CANTOPEN && is_forbidden(reason) && access(file->name, R_OK) == 0))
        return refuse_writing(file->name, error);
    if ((code == SQLITE_IOERR || code == SQLITE_CANTOPEN) && reason != 0)
        return error_set_system(error, reason, "%s", file->name);
    return error_set(error, "%s: %s", file->name, sqlite3_errmsg(file->database));
}

bool store_file_execute(const struct store_file *file, const char *sql, struct error *error)
{
    return sqlite3_exec(file->database, sql, NULL, NULL, NULL) == SQLITE_OK || store_file_fail(file, error);
}

/* Reads something, at which SQLite undoes what a run that was cut off left half-written. */
static bool touch(sqlite3 *database)
{
    return sqlite3_exec(database, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) == SQLITE_OK;
}

void store_file_undo(const struct store_file *file)
{
    if (sqlite3_get_autocommit(file->database) == 0)
        sqlite3_exec(file->database, "ROLLBACK", NULL, NULL, NULL);
    /* Where the disk was full SQLite gave up before, and left the undoing to whoever reads next. */
    touch(file->database);
}

/* The number that a PRAGMA or SELECT gives. */
static bool ask(const struct store_file *file, const char *sql, int64_t *value, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    const bool done = sqlite3_prepare_v2(file->database, sql, -1, &statement, NULL) == SQLITE_OK &&
                      sqlite3_step(statement) == SQLITE_ROW;
    if (done)
        *value = sqlite3_column_int64(statement, 0);
    else
        store_file_fail(file, error);
    sqlite3_finalize(statement);
    return done;
}

/* Whether the file is ours, and which version; 0 for an empty one. Nothing is written. */
static bool check(struct store_file *file, struct error *error)
{
    int64_t application, tables;
    if (!ask(file, "PRAGMA application_id", &application, error) ||
        !ask(file, "PRAGMA user_version", &file->version, error) ||
        !ask(file, "SELECT count(*) FROM sqlite_schema", &tables, error))
        return false;
    if (application == 0 && file->version == 0 && tables == 0)
        return true;
    if (application != APPLICATION_ID || file->version < 1)
        return refuse_anothers(file->name, error);
    if (file->version > VERSION)
        return error_set(error, "%s: was written by a later version of referlens (store version %d, known here: %d)",
                         file->name, (int)file->version, (int)VERSION);
    return true;
}

static bool set_version(struct store_file *file, struct error *error)
{
    struct buffer sql = buffer_with_maximum(200);
    buffer_add_formatted(&sql, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID, (int)VERSION);
    const bool done = store_file_execute(file, sql.bytes, error);
    buffer_release(&sql);
    return done;
}

/* Brings the file to this version, in one transaction; somebody else may have done so meanwhile. */
static bool upgrade(struct store_file *file, struct error *error)
{
    if (!store_file_execute(file, "BEGIN EXCLUSIVE", error))
        return false;
    bool done = check(file, error);
    for (; done && file->version < VERSION; file->version++)
        done = store_file_execute(file, upgrades[file->version].tables, error) &&
               store_file_execute(file, upgrades[file->version].views, error);
    done = done && set_version(file, error) && store_file_execute(file, "COMMIT", error);
    if (!done)
        store_file_undo(file);
    return done;
}

static bool set_up(struct store_file *file, bool writes, struct error *error)
{
    /* One transaction, lest somebody else makes a store of an empty file between two questions. Who only reads stays in
     * it until the file is closed: what comes meanwhile is no part of what is read. */
    if (!store_file_execute(file, "BEGIN", error) || !check(file, error) ||
        (writes && !store_file_execute(file, "COMMIT", error)))
        return false;
    if (!writes && file->version == 0)
        return error_set(error, "%s: is empty, not a referlens store", file->name);
    const bool fits = file->version == VERSION || (!writes && file->version >= OLDEST_TO_READ);
    return fits || (store_file_execute(file, "PRAGMA page_size = 16384", error) && upgrade(file, error));
}

/* Makes the file, empty, for its owner alone, where it is to be written and is not there. Anything but a regular file
 * is refused. */
static bool find(const char *path, bool writes, struct error *error)
{
    struct stat status;
    if (path[0] == '\0')
        return error_set(error, "the store has no name");
    const int made = writes ? open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    if (made >= 0)
        return close(made) == 0 || error_set_system(error, errno, "%s", path);
    if (writes && is_forbidden(errno))
        return refuse_writing(path, error);
    if (writes && errno != EEXIST)
        return error_set_system(error, errno, "%s", path);
    if (stat(path, &status) != 0)
        return error_set_system(error, errno, "%s", path);
    return S_ISREG(status.st_mode) || error_set(error, "%s: is not a regular file", path);
}

/* Whether the header is that of a database of another program which keeps what it wrote last in a second file: SQLite
 * would move that over, merely for having had a look. Nothing is said of files that can't be read. */
static bool is_anothers_log(const char *path)
{
    enum { HEADER_BYTES = 100, WRITE_VERSION = 18, LOGGED = 2, APPLICATION = 68 };
    static const char magic[] = "SQLite format 3";
    unsigned char header[HEADER_BYTES] = {0};
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    const bool is_read = read(file, header, sizeof header) == (ssize_t)sizeof header;
    close(file);
    uint32_t application;
    memcpy(&application, header + APPLICATION, sizeof application);
    return is_read && memcmp(header, magic, sizeof magic) == 0 && header[WRITE_VERSION] == LOGGED &&
           be32toh(application) != APPLICATION_ID;
}

static bool connect(struct store_file *file, int flags)
{
    /* Names such as ":memory:" mean something else to SQLite where nothing stands before them. */
    struct buffer path = buffer_with_maximum(SIZE_MAX / 2);
    buffer_add_formatted(&path, "%s%s", file->name[0] == '/' ? "" : "./", file->name);
    sqlite3_close(file->database);
    file->database = NULL;
    const bool done = sqlite3_open_v2(path.bytes, &file->database, flags | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;
    if (done)
        sqlite3_busy_timeout(file->database, WAIT_MILLISECONDS);
    buffer_release(&path);
    return done;
}

/* A connection that only reads can't undo what a run that was cut off left half-written: one that writes does so first,
 * as any program that opens the file would. */
static bool connect_to_read(struct store_file *file, struct error *error)
{
    if (!connect(file, SQLITE_OPEN_READONLY))
        return store_file_fail(file, error);
    if (touch(file->database))
        return true;
    if (!is_cut_off(file)) /* nobody is waited for twice */
        return sqlite3_errcode(file->database) != SQLITE_BUSY || store_file_fail(file, error);
    if (!connect(file, SQLITE_OPEN_READWRITE) || !touch(file->database))
        return sqlite3_errcode(file->database) == SQLITE_BUSY ? store_file_fail(file, error)
                                                              : tell_cut_off(file, error);
    return connect(file, SQLITE_OPEN_READONLY) || store_file_fail(file, error);
}

bool store_file_open(const char *path, bool writes, struct store_file *file, struct error *error)
{
    struct store_file opened = {.name = memory_copy_text(path, strlen(path))};
    bool done = find(path, writes, error);
    if (done && is_anothers_log(path))
        done = refuse_anothers(path, error);
    if (done && writes)
        done = connect(&opened, SQLITE_OPEN_READWRITE) || store_file_fail(&opened, error);
    else if (done)
        done = connect_to_read(&opened, error);
    done = done && set_up(&opened, writes, error);
    if (done)
        *file = opened;
    else
        store_file_close(&opened);
    return done;
}

void store_file_close(struct store_file *file)
{
    if (file == NULL)
        return;
    sqlite3_close(file->database);
    memory_free(file->name);
    *file = (struct store_file){0};
}
