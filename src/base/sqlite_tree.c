#include "referlens/base/sqlite_tree.h"

#include "referlens/base/memory.h"
#include "referlens/base/sqlite_record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
    FILE_HEADER_SIZE = 100,
    HEADER_PAGE_SIZE = 16, /* offsets in the file's header */
    HEADER_RESERVED = 20,
    HEADER_PAGE_COUNT = 28,
    LEVELS_MAX = 32,
    LEAF_HEADER = 8,
    INTERIOR_HEADER = 12,
    CELL_SIZE_MIN = 4,
    WRITE_BYTES = 1 << 20
};
#define LOCK_BYTE UINT64_C(0x40000000) /* the page that holds it is never used */

struct sqlite_file {
    int descriptor;
    size_t page_size, usable; /* usable: without the bytes reserved at each page's end */
    uint32_t page_count;
    uint8_t *waiting; /* pages to be written one behind another */
    size_t waiting_length;
    uint32_t first_waiting; /* their first page's number */
};

/* A page being filled: pointers grow behind its header, cells grow towards them from its end. */
struct page {
    uint8_t *bytes; /* owned */
    size_t header, cell_count, content;
    size_t last_cell; /* size of the cell that came last */
};

/* A page of each level is open. Once it is full, what parts it from the page behind it waits in `separator` until there
 * is something to put there. */
struct level {
    struct page page;
    bool is_full;
    uint8_t *separator; /* owned; as it stands in a cell of the parent, behind the child's number */
    size_t separator_length;
};

struct sqlite_tree {
    struct sqlite_file *file;
    uint32_t root;
    enum sqlite_tree_kind kind;
    struct level levels[LEVELS_MAX]; /* 0: leaves */
    size_t level_count;
    int64_t last_rowid;
    uint8_t *cell; /* scratch of a page's size */
};

static void put_big_endian(uint8_t *bytes, uint64_t value, size_t length)
{
    for (size_t i = length; i-- > 0; value >>= 8)
        bytes[i] = (uint8_t)value;
}

static uint32_t get_big_endian(const uint8_t *bytes, size_t length)
{
    uint32_t value = 0;
    for (size_t i = 0; i < length; i++)
        value = value << 8 | bytes[i];
    return value;
}

static bool write_at(const struct sqlite_file *file, const uint8_t *bytes, size_t length, uint64_t offset,
                     struct error *error)
{
    while (length > 0) {
        const ssize_t written = pwrite(file->descriptor, bytes, length, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return error_set_system(error, written < 0 ? errno : ENOSPC, "pages of a table");
        bytes += written;
        length -= (size_t)written;
        offset += (uint64_t)written;
    }
    return true;
}

static bool flush(struct sqlite_file *file, struct error *error)
{
    const uint64_t offset = ((uint64_t)file->first_waiting - 1) * file->page_size;
    const size_t length = file->waiting_length;
    file->waiting_length = 0;
    return write_at(file, file->waiting, length, offset, error);
}

bool sqlite_file_open(const char *path, struct sqlite_file **file, struct error *error)
{
    uint8_t header[FILE_HEADER_SIZE];
    const int descriptor = open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return error_set_system(error, errno, "pages of a table");
    if (pread(descriptor, header, sizeof header, 0) != (ssize_t)sizeof header) {
        close(descriptor);
        return error_set(error, "the database has no header");
    }
    struct sqlite_file *opened = memory_allocate_zeroed(1, sizeof *opened);
    const uint32_t page_size = get_big_endian(header + HEADER_PAGE_SIZE, 2);
    opened->descriptor = descriptor;
    opened->page_size = page_size == 1 ? 65536 : page_size;
    opened->usable = opened->page_size - header[HEADER_RESERVED];
    opened->page_count = get_big_endian(header + HEADER_PAGE_COUNT, 4);
    opened->waiting = memory_allocate(WRITE_BYTES);
    *file = opened;
    return true;
}

bool sqlite_file_close(struct sqlite_file *file, struct error *error)
{
    if (file == NULL)
        return true;
    uint8_t count[4];
    put_big_endian(count, file->page_count, sizeof count);
    bool done = flush(file, error) && write_at(file, count, sizeof count, HEADER_PAGE_COUNT, error);
    if (close(file->descriptor) != 0 && done)
        done = error_set_system(error, errno, "pages of a table");
    memory_free(file->waiting);
    memory_free(file);
    return done;
}

/* The number that the next page gets. */
static uint32_t next_number(const struct sqlite_file *file)
{
    const uint32_t next = file->page_count + 1;
    return (uint64_t)(next - 1) * file->page_size == LOCK_BYTE ? next + 1 : next;
}

/* Puts a page behind all others. */
static bool append_page(struct sqlite_file *file, const uint8_t *bytes, uint32_t *number, struct error *error)
{
    *number = next_number(file);
    const bool follows = *number == file->page_count + 1 && file->waiting_length + file->page_size <= WRITE_BYTES;
    if (!follows && !flush(file, error))
        return false;
    if (file->waiting_length == 0)
        file->first_waiting = *number;
    memcpy(file->waiting + file->waiting_length, bytes, file->page_size);
    file->waiting_length += file->page_size;
    file->page_count = *number;
    return true;
}

static void page_clear(const struct sqlite_tree *tree, struct page *page, bool is_leaf)
{
    if (page->bytes == NULL)
        page->bytes = memory_allocate(tree->file->page_size);
    memset(page->bytes, 0, tree->file->page_size); /* what lies between must not depend on what was there before */
    const bool table = tree->kind == SQLITE_TREE_TABLE;
    page->bytes[0] = (uint8_t)(is_leaf ? (table ? 13 : 10) : (table ? 5 : 2));
    page->header = is_leaf ? LEAF_HEADER : INTERIOR_HEADER;
    page->cell_count = 0;
    page->content = tree->file->usable;
    page->last_cell = 0;
}

static bool page_add(struct page *page, const uint8_t *cell, size_t length)
{
    const size_t size = length < CELL_SIZE_MIN ? CELL_SIZE_MIN : length;
    uint8_t *pointer = page->bytes + page->header + 2 * page->cell_count;
    if (page->content < (size_t)(pointer - page->bytes) + 2 + size)
        return false;
    page->content -= size;
    memcpy(page->bytes + page->content, cell, length);
    put_big_endian(pointer, page->content, 2);
    page->cell_count++;
    page->last_cell = size;
    return true;
}

/* Takes the last cell out again, once; the caller has a copy. */
static void page_remove_last(struct page *page)
{
    memset(page->bytes + page->content, 0, page->last_cell);
    page->content += page->last_cell;
    page->cell_count--;
    put_big_endian(page->bytes + page->header + 2 * page->cell_count, 0, 2);
}

static void page_close(struct page *page)
{
    put_big_endian(page->bytes + 3, page->cell_count, 2);
    put_big_endian(page->bytes + 5, page->content, 2); /* 65,536 becomes 0, as it should */
}

struct sqlite_tree *sqlite_tree_new(struct sqlite_file *file, uint32_t root_page, enum sqlite_tree_kind kind)
{
    struct sqlite_tree *tree = memory_allocate_zeroed(1, sizeof *tree);
    *tree = (struct sqlite_tree){.file = file, .root = root_page, .kind = kind, .level_count = 1};
    tree->cell = memory_allocate(file->page_size);
    page_clear(tree, &tree->levels[0].page, true);
    return tree;
}

void sqlite_tree_free(struct sqlite_tree *tree)
{
    if (tree == NULL)
        return;
    for (size_t i = 0; i < tree->level_count; i++) {
        memory_free(tree->levels[i].page.bytes);
        memory_free(tree->levels[i].separator);
    }
    memory_free(tree->cell);
    memory_free(tree);
}

/* Writes what does not fit a cell to pages of its own; `first` is the number of the first. */
static bool append_overflow(struct sqlite_file *file, const uint8_t *bytes, size_t length, uint32_t *first,
                            struct error *error)
{
    const size_t room = file->usable - 4;
    uint8_t *page = memory_allocate(file->page_size);
    bool done = true;
    *first = next_number(file);
    while (done && length > 0) {
        const size_t part = length < room ? length : room;
        memset(page, 0, file->page_size);
        memcpy(page + 4, bytes, part);
        bytes += part;
        length -= part;
        if (length > 0) { /* the one behind it is the next but one of the file as it is */
            struct sqlite_file then = *file;
            then.page_count = next_number(file);
            put_big_endian(page, next_number(&then), 4);
        }
        uint32_t number;
        done = append_page(file, page, &number, error);
    }
    memory_free(page);
    return done;
}

/* How many bytes of a record stay in its cell. */
static size_t local_length(const struct sqlite_tree *tree, size_t length)
{
    const size_t usable = tree->file->usable;
    const size_t most = tree->kind == SQLITE_TREE_TABLE ? usable - 35 : (usable - 12) * 64 / 255 - 23;
    const size_t least = (usable - 12) * 32 / 255 - 23;
    if (length <= most)
        return length;
    const size_t fitting = least + (length - least) % (usable - 4);
    return fitting <= most ? fitting : least;
}

/* Makes the cell of a leaf in the scratch space. */
static bool make_cell(struct sqlite_tree *tree, int64_t rowid, const uint8_t *record, size_t length,
                      size_t *cell_length, struct error *error)
{
    const size_t local = local_length(tree, length);
    uint8_t *at = tree->cell;
    at += sqlite_varint_put(at, length);
    if (tree->kind == SQLITE_TREE_TABLE)
        at += sqlite_varint_put(at, (uint64_t)rowid);
    memcpy(at, record, local);
    at += local;
    if (local < length) {
        uint32_t first;
        if (!append_overflow(tree->file, record + local, length - local, &first, error))
            return false;
        put_big_endian(at, first, 4);
        at += 4;
    }
    *cell_length = (size_t)(at - tree->cell);
    return true;
}

static void set_separator(struct level *level, const uint8_t *bytes, size_t length)
{
    level->separator = memory_resize(level->separator, length, 1);
    memcpy(level->separator, bytes, length);
    level->separator_length = length;
}

static bool add_child(struct sqlite_tree *tree, size_t number, uint32_t child, const uint8_t *separator, size_t length,
                      struct error *error);

/* Writes the full page of a level, tells its parent, and opens the next. */
static bool turn_page(struct sqlite_tree *tree, size_t number, struct error *error)
{
    struct level *level = &tree->levels[number];
    uint32_t written;
    page_close(&level->page);
    if (!append_page(tree->file, level->page.bytes, &written, error))
        return false;
    page_clear(tree, &level->page, number == 0);
    level->is_full = false;
    return add_child(tree, number + 1, written, level->separator, level->separator_length, error);
}

/* Adds a child and what parts it from the next one. Where there is no room it becomes the page's last. */
static bool add_child(struct sqlite_tree *tree, size_t number, uint32_t child, const uint8_t *separator, size_t length,
                      struct error *error)
{
    struct level *level = &tree->levels[number];
    if (number == tree->level_count) {
        page_clear(tree, &level->page, false);
        tree->level_count++;
    }
    if (level->is_full && !turn_page(tree, number, error))
        return false;
    uint8_t *cell = memory_allocate(4 + length);
    put_big_endian(cell, child, 4);
    memcpy(cell + 4, separator, length);
    if (!page_add(&level->page, cell, 4 + length)) {
        put_big_endian(level->page.bytes + 8, child, 4);
        set_separator(level, separator, length);
        level->is_full = true;
    }
    memory_free(cell);
    return true;
}

bool sqlite_tree_add(struct sqlite_tree *tree, int64_t rowid, const uint8_t *record, size_t length, struct error *error)
{
    struct level *leaves = &tree->levels[0];
    const bool table = tree->kind == SQLITE_TREE_TABLE;
    size_t cell_length;
    if (!make_cell(tree, rowid, record, length, &cell_length, error) || (leaves->is_full && !turn_page(tree, 0, error)))
        return false;
    if (!page_add(&leaves->page, tree->cell, cell_length)) {
        if (table) { /* parted by the last row's key, which stays where it is */
            uint8_t key[SQLITE_VARINT_MAX];
            set_separator(leaves, key, sqlite_varint_put(key, (uint64_t)tree->last_rowid));
            if (!turn_page(tree, 0, error))
                return false;
            page_add(&leaves->page, tree->cell, cell_length);
        } else { /* parted by the entry itself */
            set_separator(leaves, tree->cell, cell_length);
            leaves->is_full = true;
        }
    }
    tree->last_rowid = rowid;
    return true;
}

/* Nothing came behind a full page's separator. So that the page behind it has something to hold, the full page's last
 * cell parts the two, and the separator goes where it was to point. */
static bool split_last(struct sqlite_tree *tree, size_t number, struct error *error)
{
    struct level *level = &tree->levels[number];
    const size_t child = number == 0 ? 0 : 4; /* bytes of a cell in front of what parts */
    const size_t held_length = child + level->separator_length, last_length = level->page.last_cell;
    uint8_t *held = memory_allocate(held_length), *last = memory_allocate(last_length);
    memcpy(last, level->page.bytes + level->page.content, last_length);
    memcpy(held, level->page.bytes + 8, child);
    memcpy(held + child, level->separator, level->separator_length);
    page_remove_last(&level->page);
    if (child > 0)
        memcpy(level->page.bytes + 8, last, child);
    set_separator(level, last + child, last_length - child);
    const bool done = turn_page(tree, number, error);
    if (done)
        page_add(&level->page, held, held_length);
    memory_free(held);
    memory_free(last);
    return done;
}

bool sqlite_tree_finish(struct sqlite_tree *tree, struct error *error)
{
    bool done = true;
    uint32_t child = 0;
    for (size_t i = 0; done && i < tree->level_count; i++) {
        struct page *page = &tree->levels[i].page;
        if (tree->levels[i].is_full)
            done = split_last(tree, i, error);
        if (done && i > 0)
            put_big_endian(page->bytes + 8, child, 4);
        page_close(page);
        if (done && i + 1 < tree->level_count)
            done = append_page(tree->file, page->bytes, &child, error);
        else if (done)
            done = write_at(tree->file, page->bytes, tree->file->page_size,
                            ((uint64_t)tree->root - 1) * tree->file->page_size, error);
    }
    sqlite_tree_free(tree);
    return done;
}
