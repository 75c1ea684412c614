#include "referlens/output/tree.h"

#include "referlens/base/buffer.h"
#include "referlens/base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Deeper than any report goes; a tree that passes it is not one of ours. Each level holds a descriptor open. */
enum { DEPTH_MAX = 16 };

/* A stream over the entries of `name` in `parent`, or NULL with errno set. */
static DIR *open_entries(int parent, const char *name)
{
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        return NULL;
    DIR *entries = fdopendir(folder);
    if (entries == NULL)
        close(folder);
    return entries;
}

/* The next entry but "." and "..", or NULL at the end (errno 0) and on failure (errno set). */
static const char *next_entry(DIR *entries)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(entries);
        if (entry == NULL)
            return NULL;
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            return entry->d_name;
    }
}

bool tree_is_empty(int folder)
{
    DIR *entries = open_entries(folder, ".");
    if (entries == NULL)
        return false;
    bool empty = next_entry(entries) == NULL && errno == 0;
    closedir(entries);
    return empty;
}

static bool remove_at(int parent, const char *name, int depth, struct error *error);

/* Entries removed while they are read may hide others, so the folder is read again until a pass finds none. */
static bool remove_entries(DIR *entries, int depth, struct error *error)
{
    for (bool found = true; found; rewinddir(entries)) {
        found = false;
        for (const char *name; (name = next_entry(entries)) != NULL; found = true)
            if (!remove_at(dirfd(entries), name, depth + 1, error))
                return false;
        if (errno != 0)
            return error_set_system(error, errno, "can't read a folder to be removed");
    }
    return true;
}

static bool remove_at(int parent, const char *name, int depth, struct error *error)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR)
        return error_set_system(error, errno, "can't remove '%s'", name);
    if (depth >= DEPTH_MAX)
        return error_set(error, "can't remove '%s': folders are nested too deep", name);
    DIR *entries = open_entries(parent, name);
    if (entries == NULL)
        return errno == ENOENT || error_set_system(error, errno, "can't remove '%s'", name);
    bool done = remove_entries(entries, depth, error);
    closedir(entries);
    if (!done)
        return false;
    if (unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        return error_set_system(error, errno, "can't remove '%s'", name);
    return true;
}

bool tree_remove(int parent, const char *name, struct error *error)
{
    return remove_at(parent, name, 0, error);
}

static void add_file(struct tree_files *files, const struct buffer *path)
{
    files->names = memory_grow(files->names, &files->capacity, files->count + 1, sizeof *files->names);
    files->names[files->count++] = memory_copy_text(path->bytes, path->length);
}

/* Adds what lies in the folder `name` of `parent`; `path` holds its own path and is left as it was. */
static bool list_folder(int parent, const char *name, struct buffer *path, int depth, bool all,
                        struct tree_files *files, struct error *error)
{
    DIR *entries = depth < DEPTH_MAX ? open_entries(parent, name) : NULL;
    if (entries == NULL)
        return error_set_system(error, depth < DEPTH_MAX ? errno : ELOOP, "can't list '%s'", name);
    size_t own_length = path->length;
    bool done = true;
    const char *entry = NULL;
    while (done && (entry = next_entry(entries)) != NULL) {
        struct stat status;
        if (own_length > 0)
            buffer_add_character(path, '/');
        if (!buffer_add_string(path, entry) || fstatat(dirfd(entries), entry, &status, AT_SYMLINK_NOFOLLOW) != 0)
            done = error_set_system(error, path->full ? ENAMETOOLONG : errno, "can't list '%s'", entry);
        else if (S_ISDIR(status.st_mode))
            done = list_folder(dirfd(entries), entry, path, depth + 1, all, files, error);
        else if (all || S_ISREG(status.st_mode))
            add_file(files, path);
        path->length = own_length;
    }
    if (done && errno != 0)
        done = error_set_system(error, errno, "can't list '%s'", name);
    closedir(entries);
    return done;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool list(int folder, bool all, struct tree_files *files, struct error *error)
{
    struct buffer path = buffer_with_maximum(PATH_MAX);
    bool done = list_folder(folder, ".", &path, 0, all, files, error);
    buffer_release(&path);
    if (!done)
        tree_files_release(files);
    else if (files->count > 1)
        qsort(files->names, files->count, sizeof *files->names, compare_names);
    return done;
}

bool tree_list(int folder, struct tree_files *files, struct error *error)
{
    return list(folder, false, files, error);
}

bool tree_list_all(int folder, struct tree_files *files, struct error *error)
{
    return list(folder, true, files, error);
}

void tree_files_release(struct tree_files *files)
{
    if (files == NULL)
        return;
    for (size_t i = 0; i < files->count; i++)
        memory_free(files->names[i]);
    memory_free(files->names);
    *files = (struct tree_files){0};
}
