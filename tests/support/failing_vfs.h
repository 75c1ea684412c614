/* A file system for SQLite that fails on demand: the n-th change to the disk, and all that follow or that one alone. */
#ifndef REFERLENS_TESTS_SUPPORT_FAILING_VFS_H
#define REFERLENS_TESTS_SUPPORT_FAILING_VFS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Changes left until one fails, −1: none will; and how. One test program has one of these. */
static struct failing_vfs {
    long left, made;
    bool for_good; /* all that follow fail too, as on a disk that is gone */
    int code;      /* what a write then gives: SQLITE_FULL, SQLITE_IOERR_WRITE */
    sqlite3_vfs vfs, *real;
    sqlite3_io_methods methods;
} failing = {.left = -1};

struct failing_file {
    sqlite3_file base;
    sqlite3_file *real; /* behind it in memory */
};

static inline bool failing_now(void)
{
    failing.made++;
    if (failing.left < 0)
        return false;
    if (failing.left > 0) {
        failing.left--;
        return false;
    }
    if (!failing.for_good)
        failing.left = -1;
    return true;
}

static inline sqlite3_file *failing_real(sqlite3_file *file)
{
    return ((struct failing_file *)file)->real;
}

#define FAILING_PASS(name, parameters, arguments)                                                                      \
    static int failing_##name parameters                                                                               \
    {                                                                                                                  \
        return failing_real(file)->pMethods->name arguments;                                                           \
    }
FAILING_PASS(xRead, (sqlite3_file * file, void *to, int size, sqlite3_int64 at), (failing_real(file), to, size, at))
FAILING_PASS(xFileSize, (sqlite3_file * file, sqlite3_int64 *size), (failing_real(file), size))
FAILING_PASS(xLock, (sqlite3_file * file, int lock), (failing_real(file), lock))
FAILING_PASS(xUnlock, (sqlite3_file * file, int lock), (failing_real(file), lock))
FAILING_PASS(xCheckReservedLock, (sqlite3_file * file, int *is), (failing_real(file), is))
FAILING_PASS(xFileControl, (sqlite3_file * file, int what, void *with), (failing_real(file), what, with))
FAILING_PASS(xSectorSize, (sqlite3_file * file), (failing_real(file)))
FAILING_PASS(xDeviceCharacteristics, (sqlite3_file * file), (failing_real(file)))

static int failing_xClose(sqlite3_file *file)
{
    return failing_real(file)->pMethods != NULL ? failing_real(file)->pMethods->xClose(failing_real(file)) : SQLITE_OK;
}

static int failing_xWrite(sqlite3_file *file, const void *from, int size, sqlite3_int64 at)
{
    if (!failing_now())
        return failing_real(file)->pMethods->xWrite(failing_real(file), from, size, at);
    /* Half of it may have reached the disk. */
    failing_real(file)->pMethods->xWrite(failing_real(file), from, size / 2, at);
    return failing.code;
}

static int failing_xTruncate(sqlite3_file *file, sqlite3_int64 size)
{
    return failing_now() ? SQLITE_IOERR_TRUNCATE : failing_real(file)->pMethods->xTruncate(failing_real(file), size);
}

static int failing_xSync(sqlite3_file *file, int flags)
{
    return failing_now() ? SQLITE_IOERR_FSYNC : failing_real(file)->pMethods->xSync(failing_real(file), flags);
}

static int failing_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    (void)vfs;
    struct failing_file *opened = (struct failing_file *)file;
    opened->real = (sqlite3_file *)(opened + 1);
    opened->base.pMethods = NULL;
    if ((flags & SQLITE_OPEN_CREATE) != 0 && failing_now())
        return SQLITE_CANTOPEN;
    const int code = failing.real->xOpen(failing.real, name, opened->real, flags, out);
    if (code == SQLITE_OK)
        opened->base.pMethods = &failing.methods;
    return code;
}

static int failing_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    return failing_now() ? SQLITE_IOERR_DELETE : failing.real->xDelete(failing.real, name, sync);
}

/* Makes it the file system of all databases that are opened from here on. */
static inline void failing_vfs_install(void)
{
    failing.real = sqlite3_vfs_find(NULL);
    failing.vfs = *failing.real;
    failing.vfs.zName = "failing";
    failing.vfs.szOsFile = (int)sizeof(struct failing_file) + failing.real->szOsFile;
    failing.vfs.xOpen = failing_open;
    failing.vfs.xDelete = failing_delete;
    failing.methods = (sqlite3_io_methods){
        .iVersion = 1,
        .xClose = failing_xClose,
        .xRead = failing_xRead,
        .xWrite = failing_xWrite,
        .xTruncate = failing_xTruncate,
        .xSync = failing_xSync,
        .xFileSize = failing_xFileSize,
        .xLock = failing_xLock,
        .xUnlock = failing_xUnlock,
        .xCheckReservedLock = failing_xCheckReservedLock,
        .xFileControl = failing_xFileControl,
        .xSectorSize = failing_xSectorSize,
        .xDeviceCharacteristics = failing_xDeviceCharacteristics,
    };
    sqlite3_vfs_register(&failing.vfs, 1);
}

#endif
