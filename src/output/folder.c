#include "referlens/output/folder.h"

#include "referlens/base/memory.h"
#include "referlens/output/report_files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PARTIAL_SUFFIX ".referlens-partial"
#define LOCK_SUFFIX    ".referlens-lock"
#define ASIDE_SUFFIX   ".referlens-old"

/* Who may read and write a file, less what the umask takes. */
enum { EVERYBODYS = 0666, OWNERS = 0600 };

enum { SAFE_NAME_MAX = 32, READ_SIZE = 1 << 16, DISCARD_TRIES = 1000 };

/* Names are relative to `parent`. */
struct folder {
    char *shown;               /* the target as the user named it, for messages */
    char *path;                /* of the partial folder */
    char *name;                /* of the target */
    char *partial;             /* name of the partial folder */
    char *lock;                /* name of the lock file */
    char *aside;               /* name of the old report where it has to be moved away first */
    int parent, lock_file, fd; /* open descriptors, −1: none; `fd` is of the partial folder */
    bool replace, published;
};

/* Whether the target may be written over; `*mode`, where it exists, receives its permissions. */
static bool check_target(const struct folder *folder, mode_t *mode, struct error *error)
{
    struct stat status, here;
    int fd = openat(folder->parent, folder->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return true;
    if (fd < 0 && errno == ENOTDIR)
        return error_set(error, "'%s' exists and is not a folder", folder->shown);
    if (fd < 0)
        return error_set_system(error, errno, "can't open '%s'", folder->shown);
    bool allowed = true;
    if (!tree_is_empty(fd) && !report_files_alone(fd, folder->shown, error))
        allowed = false;
    else if (!folder->replace)
        allowed = error_set(error, "'%s' exists already; --force replaces it", folder->shown);
    else if (fstat(fd, &status) != 0)
        allowed = error_set_system(error, errno, "can't read '%s'", folder->shown);
    else if (stat(".", &here) == 0 && here.st_dev == status.st_dev && here.st_ino == status.st_ino)
        allowed = error_set(error, "'%s' is the current folder, which can't be replaced from inside", folder->shown);
    else
        *mode = (status.st_mode & 07777) | S_IRWXU;
    close(fd);
    return allowed;
}

static char *joined(const char *name, const char *suffix)
{
    struct buffer buffer = buffer_with_maximum(strlen(name) + strlen(suffix));
    buffer_add_string(&buffer, name);
    buffer_add_string(&buffer, suffix);
    return buffer.bytes;
}

/* Splits the target's path into the folder's names and opens its parent. */
static bool name_parts(struct folder *folder, const char *path, struct error *error)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    size_t start = length;
    while (start > 0 && path[start - 1] != '/')
        start--;
    folder->name = memory_copy_text(path + start, length - start);
    const char *name = folder->name;
    if (*name == '\0' || strcmp(name, "/") == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        error_set(error, "'%s' does not name a folder that a report can be put in", folder->shown);
        return false;
    }
    folder->partial = joined(name, PARTIAL_SUFFIX);
    folder->lock = joined(name, LOCK_SUFFIX);
    folder->aside = joined(name, ASIDE_SUFFIX);
    char *trimmed = memory_copy_text(path, length);
    folder->path = joined(trimmed, PARTIAL_SUFFIX);
    trimmed[start] = '\0';
    folder->parent = open(start == 0 ? "." : trimmed, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int reason = errno;
    memory_free(trimmed);
    if (folder->parent < 0)
        return error_set_system(error, reason, "can't open the folder that '%s' is to lie in", folder->shown);
    return true;
}

/* As name_parts, with a symbolic link replaced by what it names. */
static bool resolve_target(struct folder *folder, const char *target, struct error *error)
{
    if (strlen(target) >= PATH_MAX - sizeof PARTIAL_SUFFIX) {
        error_set(error, "the name of the report folder is too long");
        return false;
    }
    struct stat status;
    char *trimmed = memory_copy_text(target, strlen(target)); /* "link/" would name what the link names */
    for (size_t length = strlen(trimmed); length > 1 && trimmed[length - 1] == '/'; length--)
        trimmed[length - 1] = '\0';
    bool is_link = lstat(trimmed, &status) == 0 && S_ISLNK(status.st_mode);
    char *resolved = is_link ? realpath(trimmed, NULL) : NULL;
    bool followed = !is_link || resolved != NULL;
    if (!followed)
        error_set_system(error, errno, "can't follow the link '%s'", folder->shown);
    bool done = followed && name_parts(folder, is_link ? resolved : trimmed, error);
    memory_free(trimmed);
    free(resolved);
    return done;
}

/* True where the lock file that is open is the one that others find under its name. */
static bool lock_is_current(const struct folder *folder)
{
    struct stat mine, named;
    return fstat(folder->lock_file, &mine) == 0 &&
           fstatat(folder->parent, folder->lock, &named, AT_SYMLINK_NOFOLLOW) == 0 && mine.st_dev == named.st_dev &&
           mine.st_ino == named.st_ino;
}

/* The holder removes the lock file when it ends, so whoever gets the lock must see whether it still counts. */
static bool take_lock(struct folder *folder, struct error *error)
{
    for (;;) {
        folder->lock_file =
            openat(folder->parent, folder->lock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (folder->lock_file < 0)
            return error_set_system(error, errno, "can't write beside '%s'", folder->shown);
        int result;
        do
            result = flock(folder->lock_file, LOCK_EX | LOCK_NB);
        while (result != 0 && errno == EINTR);
        /* Some file systems have no locks; a report can be written there all the same. */
        bool locked = result == 0 || errno != EWOULDBLOCK;
        if (locked && lock_is_current(folder))
            return true;
        close(folder->lock_file);
        folder->lock_file = -1;
        if (!locked)
            return error_set(error, "another run is writing '%s'", folder->shown);
    }
}

/* Puts back, or clears away, what a killed run has left. */
static bool recover(struct folder *folder, struct error *error)
{
    /* Without the target, the old report that was moved aside for it is all there is. */
    if (faccessat(folder->parent, folder->name, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT &&
        renameat(folder->parent, folder->aside, folder->parent, folder->name) != 0 && errno != ENOENT)
        return error_set_system(error, errno, "can't put back the old report '%s'", folder->shown);
    return tree_remove(folder->parent, folder->aside, error) && tree_remove(folder->parent, folder->partial, error);
}

static bool make_partial(struct folder *folder, mode_t mode, struct error *error)
{
    if (mkdirat(folder->parent, folder->partial, 0777) != 0)
        return error_set_system(error, errno, "can't make the folder '%s'", folder->path);
    folder->fd = openat(folder->parent, folder->partial, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder->fd < 0 || (mode != 0 && fchmod(folder->fd, mode) != 0))
        return error_set_system(error, errno, "can't open the folder '%s'", folder->path);
    return true;
}

bool folder_open(const char *target, bool replace, struct folder **folder, struct error *error)
{
    struct folder *opened = memory_allocate(sizeof *opened);
    *opened = (struct folder){
        .shown = memory_copy_text(target, strlen(target)), .parent = -1, .lock_file = -1, .fd = -1, .replace = replace};
    mode_t mode = 0;
    if (!resolve_target(opened, target, error) || !take_lock(opened, error) || !recover(opened, error) ||
        !check_target(opened, &mode, error) || !make_partial(opened, mode, error)) {
        folder_close(opened);
        return false;
    }
    *folder = opened;
    return true;
}

const char *folder_path(const struct folder *folder)
{
    return folder->path;
}

/* Names come from the program, but some are made from data: none may lead out of the folder. */
static bool name_is_inside(const char *name)
{
    for (const char *part = name;; part++) {
        size_t length = strcspn(part, "/");
        if (length == 0 || (length == 1 && part[0] == '.') || (length == 2 && part[0] == '.' && part[1] == '.'))
            return false;
        part += length;
        if (*part == '\0')
            return true;
    }
}

bool folder_make(struct folder *folder, const char *name, struct error *error)
{
    if (!name_is_inside(name))
        return error_set(error, "'%s' is no name inside a report folder", name);
    char *path = memory_copy_text(name, strlen(name));
    bool done = true;
    for (size_t end = strcspn(path, "/"); done; end += 1 + strcspn(path + end + 1, "/")) {
        path[end] = '\0';
        if (mkdirat(folder->fd, path, 0777) != 0 && errno != EEXIST)
            done = error_set_system(error, errno, "can't make the folder '%s'", path);
        if (name[end] == '\0')
            break;
        path[end] = '/';
    }
    memory_free(path);
    return done;
}

struct folder_file {
    FILE *stream;
    char *name;
    int failure; /* errno of the first write that failed, or 0 */
};

/* `flags` say whether it is to be made or to be there, `mode` who may read it when made. */
static bool open_file(struct folder *folder, const char *name, int flags, mode_t mode, struct folder_file **file,
                      struct error *error)
{
    if (!name_is_inside(name)) {
        error_set(error, "'%s' is no name inside a report folder", name);
        return false;
    }
    int fd = openat(folder->fd, name, O_WRONLY | flags | O_NOFOLLOW | O_CLOEXEC, mode);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "wb");
    if (stream == NULL) {
        error_set_system(error, errno, "can't write '%s'", name);
        if (fd >= 0)
            close(fd);
        return false;
    }
    struct folder_file *opened = memory_allocate(sizeof *opened);
    *opened = (struct folder_file){.stream = stream, .name = memory_copy_text(name, strlen(name))};
    *file = opened;
    return true;
}

bool folder_file_open(struct folder *folder, const char *name, struct folder_file **file, struct error *error)
{
    return open_file(folder, name, O_CREAT | O_EXCL, EVERYBODYS, file, error);
}

bool folder_file_add(struct folder_file *file, struct text content, struct error *error)
{
    if (file->failure == 0 && content.length > 0) {
        errno = 0;
        if (fwrite(content.bytes, 1, content.length, file->stream) != content.length)
            file->failure = errno != 0 ? errno : EIO;
    }
    return file->failure == 0 || error_set_system(error, file->failure, "can't write '%s'", file->name);
}

bool folder_file_close(struct folder_file *file, struct error *error)
{
    if (file == NULL)
        return true;
    if (fclose(file->stream) != 0 && file->failure == 0)
        file->failure = errno;
    bool done = file->failure == 0 || error_set_system(error, file->failure, "can't write '%s'", file->name);
    memory_free(file->name);
    memory_free(file);
    return done;
}

static bool write_whole(struct folder *folder, const char *name, mode_t mode, struct text content, struct error *error)
{
    struct folder_file *file;
    if (!open_file(folder, name, O_CREAT | O_EXCL, mode, &file, error))
        return false;
    folder_file_add(file, content, NULL); /* a failure stays with the file and is told when it is closed */
    return folder_file_close(file, error);
}

bool folder_write(struct folder *folder, const char *name, struct text content, struct error *error)
{
    return write_whole(folder, name, EVERYBODYS, content, error);
}

bool folder_write_private(struct folder *folder, const char *name, struct text content, struct error *error)
{
    return write_whole(folder, name, OWNERS, content, error);
}

/* Reads the open file to its end; the errno of a failure, or 0. */
static int read_all(int fd, struct buffer *content)
{
    char bytes[READ_SIZE];
    ssize_t length;
    while ((length = read(fd, bytes, sizeof bytes)) > 0 || (length < 0 && errno == EINTR)) {
        if (length > 0)
            buffer_add(content, bytes, (size_t)length);
    }
    return length < 0 ? errno : 0;
}

bool folder_read(const struct folder *folder, const char *name, struct buffer *content, struct error *error)
{
    if (!name_is_inside(name))
        return error_set(error, "'%s' is no name inside a report folder", name);
    const int fd = openat(folder->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return error_set_system(error, errno, "can't read '%s'", name);
    const int failure = read_all(fd, content);
    close(fd);
    if (failure != 0)
        return error_set_system(error, failure, "can't read '%s'", name);
    return !content->full || error_set(error, "'%s' is longer than %zu bytes", name, content->maximum);
}

bool folder_rewrite(struct folder *folder, const char *name, struct text content, struct error *error)
{
    struct folder_file *file;
    if (!open_file(folder, name, O_TRUNC, 0, &file, error))
        return false;
    folder_file_add(file, content, NULL); /* as in folder_write */
    return folder_file_close(file, error);
}

bool folder_holds(const struct folder *folder, const char *name)
{
    struct stat status;
    return name_is_inside(name) && fstatat(folder->fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(status.st_mode);
}

bool folder_list(const struct folder *folder, struct tree_files *files, struct error *error)
{
    return tree_list(folder->fd, files, error);
}

/* Moves the old report away and the new one in, for file systems that can't exchange two names at once. */
static bool move_aside(struct folder *folder)
{
    if (renameat(folder->parent, folder->name, folder->parent, folder->aside) != 0)
        return false;
    if (renameat(folder->parent, folder->partial, folder->parent, folder->name) == 0)
        return true;
    int reason = errno;
    renameat(folder->parent, folder->aside, folder->parent, folder->name);
    errno = reason;
    return false;
}

/* Puts the partial folder in the place of a report, or of nothing. */
static bool put_in_place(struct folder *folder, struct error *error)
{
    /* This succeeds where there is no target, or an empty folder, and can destroy nothing. */
    if (renameat(folder->parent, folder->partial, folder->parent, folder->name) == 0)
        return true;
    mode_t mode;
    if (errno != ENOTEMPTY && errno != EEXIST)
        return error_set_system(error, errno, "can't put the report in the place of '%s'", folder->shown);
    if (!check_target(folder, &mode, error)) /* it may have changed since the start */
        return false;
    if (renameat2(folder->parent, folder->partial, folder->parent, folder->name, RENAME_EXCHANGE) == 0 ||
        ((errno == EINVAL || errno == ENOSYS || errno == ENOTSUP) && move_aside(folder)))
        return true;
    return error_set_system(error, errno, "can't put the report in the place of '%s'", folder->shown);
}

bool folder_publish(struct folder *folder, struct error *error)
{
    /* One call for the whole file system costs far less than one for each of a country's files. */
    if (syncfs(folder->fd) != 0)
        return error_set_system(error, errno, "can't write the report to disk");
    if (!put_in_place(folder, error))
        return false;
    folder->published = true;
    fsync(folder->parent); /* whatever it says, the report is in its place now and stays there */
    /* Whichever of these names the old report has now. What can't be removed is left to the next run. */
    tree_remove(folder->parent, folder->partial, NULL);
    tree_remove(folder->parent, folder->aside, NULL);
    return true;
}

void folder_discard(const struct folder *folder)
{
    /* A file that is made between the removal of the others and that of the folder needs another go. */
    for (int tries = 0; tries < DISCARD_TRIES && !tree_remove(folder->parent, folder->partial, NULL); tries++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    unlinkat(folder->parent, folder->lock, 0);
}

void folder_close(struct folder *folder)
{
    if (folder == NULL)
        return;
    if (folder->fd >= 0)
        close(folder->fd);
    if (folder->fd >= 0 && !folder->published)
        tree_remove(folder->parent, folder->partial, NULL);
    if (folder->lock_file >= 0) {
        unlinkat(folder->parent, folder->lock, 0); /* while it is still held, so that nobody else's is removed */
        close(folder->lock_file);
    }
    if (folder->parent >= 0)
        close(folder->parent);
    memory_free(folder->shown);
    memory_free(folder->path);
    memory_free(folder->name);
    memory_free(folder->partial);
    memory_free(folder->lock);
    memory_free(folder->aside);
    memory_free(folder);
}

void folder_safe_name(struct text text, char name[FOLDER_NAME_SIZE])
{
    bool safe = text.length > 0 && text.length <= SAFE_NAME_MAX;
    for (size_t i = 0; safe && i < text.length; i++) {
        char byte = text.bytes[i];
        safe = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
               byte == '-' || byte == '_';
    }
    if (safe)
        snprintf(name, FOLDER_NAME_SIZE, "%.*s", (int)text.length, text.bytes);
    else
        snprintf(name, FOLDER_NAME_SIZE, "x-%016" PRIx64, text_hash(text));
}
