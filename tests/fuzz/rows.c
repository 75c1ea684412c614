/* Any bytes as a file of somebody's export: behind the header of a profile, or as a whole file. Every record belongs
 * to one pass, and what is made of it is of the profile's rules. */
#include "referlens/base/memory.h"
#include "referlens/input/row_maker.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* The built-in profiles, which take what they do not know for missing, and one with every form of a field that refuses it. Once
 * for all inputs: the fuzzer has one thread. */
static const struct profile_list *all_profiles(void)
{
    static struct profile_list list;
    struct error error = {""};
    if (list.count == 0) {
        check(profile_list_read("reports/profiles", &list, &error));
        list.profiles = memory_resize(list.profiles, list.count + 1, sizeof *list.profiles);
        check(profile_read("tests/fuzz/strict-profile.json", &list.profiles[list.count], &error));
        list.count++;
    }
    return &list;
}

/* The first byte chooses the header: none, or that of a profile with every column that it uses. */
static void add_header(struct buffer *text, const struct profile_list *list, size_t choice)
{
    if (choice >= list->count)
        return;
    const struct profile *const profile = list->profiles[choice];
    for (size_t i = 0; i < profile->column_count; i++) {
        buffer_add_string(text, i > 0 ? "," : "");
        buffer_add_text(text, profile->columns[i].name);
    }
    buffer_add_character(text, '\n');
}

/* How many records of the file belong to the pass. */
static size_t read_pass(const struct input_file *file, enum file_kind kind, size_t *records)
{
    struct record_reader reader;
    struct row_maker maker;
    struct row_counts *const counts = memory_allocate_zeroed(input_file_rule_count(file), sizeof *counts);
    size_t belonging = 0;
    *records = 0;
    record_reader_open(&reader, file->body, file->delimiter, true);
    row_maker_open(&maker, file, kind);
    for (size_t i = 0; i < input_file_rule_count(file); i++) {
        counts[i] = row_counts_none();
        maker.counts[i] = &counts[i];
    }
    while (record_reader_next(&reader)) {
        ++*records;
        row_maker_take(&maker, &reader);
        belonging += maker.belongs;
        check(maker.outcome != RECORD_LEFT_OUT || maker.left_out != NULL);
        check(maker.outcome != RECORD_REJECTED || (maker.problem.line >= 1 && maker.problem.column >= 1));
        check(maker.outcome != RECORD_REJECTED || text_is_utf8(text_of(maker.problem.message), NULL));
        for (size_t i = 0; maker.outcome == RECORD_MADE && i < maker.made_count; i++)
            check(input_file_makes(file, maker.made[i].view.kind));
    }
    for (size_t i = 0; i < input_file_rule_count(file); i++)
        row_counts_release(&counts[i]);
    memory_free(counts);
    row_maker_close(&maker);
    record_reader_close(&reader);
    return belonging;
}

static void read_file(const struct input_file *file)
{
    size_t belonging = 0, records = 0;
    for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++) {
        if (input_file_makes(file, (enum file_kind)kind))
            belonging += read_pass(file, (enum file_kind)kind, &records);
    }
    check(belonging == records);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct profile_list *const list = all_profiles();
    const struct reading_options options = {.built_in = list};
    if (size == 0)
        return 0;
    struct buffer text = buffer_with_maximum(1 << 20);
    add_header(&text, list, bytes[0] % (list->count + 1));
    buffer_add(&text, bytes + 1, size - 1);
    const int descriptor = memfd_create("rows.csv", MFD_CLOEXEC);
    check(descriptor >= 0 && write(descriptor, text.bytes, text.length) == (ssize_t)text.length);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    struct input_file file;
    struct error error = {""};
    if (input_file_open(&file, path, &options, &error)) {
        read_file(&file);
        input_file_close(&file);
    } else {
        check(error.message[0] != '\0' && text_is_utf8(text_of(error.message), NULL));
    }
    close(descriptor);
    buffer_release(&text);
    return 0;
}
