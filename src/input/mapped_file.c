#include "referlens/input/mapped_file.h"

#include "referlens/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const char mapped_file_changed[] = "changed while it was being read; wait until the export is finished and run again";

struct mapped_file {
    const char *path, *name; /* borrowed */
    void *bytes;
    size_t size;
    struct timespec modified, changed; /* when it was opened */
    struct mapped_file *_Atomic next;
};

/* All that are open. A signal handler is given nothing but an address, so there is no other way to it. */
static struct mapped_file *_Atomic first;

static bool check_kind(const char *name, const struct stat *status, struct error *error)
{
    if (S_ISDIR(status->st_mode))
        return error_set(error, "%s: is a directory, not a CSV file", name);
    if (!S_ISREG(status->st_mode))
        return error_set(error, "%s: is not a regular file; save it to one first", name);
    return status->st_size > 0 || error_set(error, "%s: is empty, without even a header row", name);
}

static bool map(int descriptor, const char *path, const char *name, struct mapped_file **file, struct error *error)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return error_set_system(error, errno, "%s: can't be read", name);
    if (!check_kind(name, &status, error))
        return false;
    void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (bytes == MAP_FAILED)
        return error_set_system(error, errno, "%s: can't be mapped", name);
    struct mapped_file *mapped = memory_allocate(sizeof *mapped);
    *mapped = (struct mapped_file){
        .path = path,
        .name = name,
        .bytes = bytes,
        .size = (size_t)status.st_size,
        .modified = status.st_mtim,
        .changed = status.st_ctim,
    };
    atomic_store(&mapped->next, atomic_load(&first));
    atomic_store(&first, mapped);
    *file = mapped;
    return true;
}

bool mapped_file_open(const char *path, const char *name, struct mapped_file **file, struct error *error)
{
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* never waits for a pipe's other end */
    if (descriptor < 0)
        return error_set_system(error, errno, "%s: can't be opened", name);
    const bool done = map(descriptor, path, name, file, error);
    close(descriptor); /* not kept: there may be more files than a process may hold open */
    return done;
}

struct text mapped_file_bytes(const struct mapped_file *file)
{
    return file != NULL ? (struct text){file->bytes, file->size} : (struct text){0};
}

static bool is_same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool mapped_file_check(const struct mapped_file *file, struct error *error)
{
    struct stat status;
    const bool same = stat(file->path, &status) == 0 && (size_t)status.st_size == file->size &&
                      is_same_time(status.st_mtim, file->modified) && is_same_time(status.st_ctim, file->changed);
    return same || error_set(error, "%s: %s", file->name, mapped_file_changed);
}

void mapped_file_close(struct mapped_file *file)
{
    if (file == NULL)
        return;
    struct mapped_file *_Atomic *link = &first;
    while (atomic_load(link) != file)
        link = &atomic_load(link)->next;
    atomic_store(link, atomic_load(&file->next));
    munmap(file->bytes, file->size);
    memory_free(file);
}

const char *mapped_file_at(const void *address, bool *cut_short)
{
    const struct mapped_file *file = atomic_load(&first);
    while (file != NULL && (uintptr_t)address - (uintptr_t)file->bytes >= file->size)
        file = atomic_load(&file->next);
    if (file == NULL)
        return NULL;
    struct stat status;
    *cut_short = stat(file->path, &status) != 0 || (size_t)status.st_size < file->size;
    return file->name;
}
