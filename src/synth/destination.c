#include "referlens/synth/destination.h"

#include "referlens/base/buffer.h"
#include "referlens/base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 8, PATH_BYTES_MAX = 4095, FOLDER_MODE = 0777, FILE_MODE = 0666, PARTIAL_TRIES = 100 };

struct open_file {
    const char *name;
    int descriptor; /* -1: closed */
};

struct destination {
    char *target;  /* without slashes at its end */
    char *partial; /* NULL until it is made, and once it has been published */
    bool existing; /* the target was there before */
    size_t file_count;
    struct open_file files[FILES_MAX];
};

/* The path of a name in a folder, to be freed. */
static char *path_in(const char *folder, const char *name)
{
    struct buffer path = buffer_with_maximum(2 * PATH_BYTES_MAX);
    buffer_add_formatted(&path, "%s/%s", folder, name);
    char *copy = memory_copy_text(path.bytes, path.length);
    buffer_release(&path);
    return copy;
}

static bool is_empty_folder(const char *path, bool *empty, struct error *error)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return error_set_system(error, errno, "can't open the folder %s", path);
    *empty = true;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            *empty = false;
    closedir(folder);
    return true;
}

static bool check_target(struct destination *destination, bool replace, struct error *error)
{
    const char *target = destination->target;
    struct stat status;
    if (stat(target, &status) != 0) {
        if (errno == ENOENT)
            return true;
        return error_set_system(error, errno, "can't write to %s", target);
    }
    destination->existing = true;
    if (!S_ISDIR(status.st_mode))
        return error_set(error, "%s is not a folder", target);
    bool empty = false;
    if (!is_empty_folder(target, &empty, error))
        return false;
    if (!empty && !replace)
        return error_set(error, "%s is not empty: name another folder, or give --force to replace its files", target);
    return true;
}

static bool make_partial(struct destination *destination, struct error *error)
{
    const char *target = destination->target;
    struct buffer path = buffer_with_maximum(PATH_BYTES_MAX);
    for (int i = 0; i < PARTIAL_TRIES; i++) {
        buffer_clear(&path);
        buffer_add_formatted(&path, "%s%s.partial-%ld-%d", target, destination->existing ? "/" : "", (long)getpid(), i);
        if (path.full) {
            buffer_release(&path);
            return error_set(error, "the name of the folder is too long");
        }
        if (mkdir(path.bytes, FOLDER_MODE) == 0) {
            destination->partial = memory_copy_text(path.bytes, path.length);
            buffer_release(&path);
            return true;
        }
        if (errno != EEXIST)
            break;
    }
    int number = errno;
    buffer_release(&path);
    return error_set_system(error, number, "can't make the folder %s", target);
}

bool destination_open(const char *target, bool replace, struct destination **destination, struct error *error)
{
    size_t length = strlen(target);
    if (length == 0)
        return error_set(error, "the name of the folder is empty");
    while (length > 1 && target[length - 1] == '/')
        length--;
    struct destination *made = memory_allocate_zeroed(1, sizeof *made);
    made->target = memory_copy_text(target, length);
    if (!check_target(made, replace, error) || !make_partial(made, error)) {
        destination_close(made);
        return false;
    }
    *destination = made;
    return true;
}

bool destination_begin(struct destination *destination, const char *name, size_t *file, struct error *error)
{
    if (destination->file_count == FILES_MAX)
        return error_set(error, "too many files for %s", destination->target);
    char *path = path_in(destination->partial, name);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    int number = errno;
    memory_free(path);
    if (descriptor < 0)
        return error_set_system(error, number, "can't write %s in %s", name, destination->target);
    *file = destination->file_count++;
    destination->files[*file] = (struct open_file){.name = name, .descriptor = descriptor};
    return true;
}

bool destination_add(struct destination *destination, size_t file, struct text bytes, struct error *error)
{
    const struct open_file *target = &destination->files[file];
    while (bytes.length > 0) {
        ssize_t written = write(target->descriptor, bytes.bytes, bytes.length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_set_system(error, errno, "can't write %s in %s", target->name, destination->target);
        bytes.bytes += written;
        bytes.length -= (size_t)written;
    }
    return true;
}

static bool finish_file(struct destination *destination, struct open_file *file, struct error *error)
{
    int descriptor = file->descriptor;
    file->descriptor = -1;
    if (close(descriptor) != 0)
        return error_set_system(error, errno, "can't write %s in %s", file->name, destination->target);
    return true;
}

static bool move_file(const struct destination *destination, const struct open_file *file, struct error *error)
{
    char *from = path_in(destination->partial, file->name), *to = path_in(destination->target, file->name);
    bool moved = rename(from, to) == 0;
    int number = errno;
    memory_free(from);
    memory_free(to);
    return moved || error_set_system(error, number, "can't write %s in %s", file->name, destination->target);
}

bool destination_publish(struct destination *destination, struct error *error)
{
    for (size_t i = 0; i < destination->file_count; i++)
        if (!finish_file(destination, &destination->files[i], error))
            return false;
    if (destination->existing) {
        for (size_t i = 0; i < destination->file_count; i++)
            if (!move_file(destination, &destination->files[i], error))
                return false;
        rmdir(destination->partial); /* empty by now; nothing depends on it */
    } else if (rename(destination->partial, destination->target) != 0) {
        return error_set_system(error, errno, "can't make the folder %s", destination->target);
    }
    memory_free(destination->partial);
    destination->partial = NULL;
    return true;
}

static void remove_partial(struct destination *destination)
{
    for (size_t i = 0; i < destination->file_count; i++) {
        char *path = path_in(destination->partial, destination->files[i].name);
        unlink(path);
        memory_free(path);
    }
    rmdir(destination->partial);
}

void destination_close(struct destination *destination)
{
    if (destination == NULL)
        return;
    for (size_t i = 0; i < destination->file_count; i++)
        if (destination->files[i].descriptor >= 0)
            close(destination->files[i].descriptor);
    if (destination->partial != NULL)
        remove_partial(destination);
    memory_free(destination->partial);
    memory_free(destination->target);
    memory_free(destination);
}
