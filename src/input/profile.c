#include "referlens/input/profile.h"

#include "referlens/base/memory.h"
#include "referlens/input/profile_condition.h"
#include "referlens/input/profile_rule.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROFILE_BYTES_MAX = 1 << 20, PATH_SIZE_MAX = 4096 };

static const char canonical_name[] = "canonical";

static const char *const keys[] = {"name",     "title",     "source", "encoding", "delimiter",         "missing",
                                   "optional", "leave_out", "makes",  "rest",     "takes_date_format", NULL};

/* Reads a line that need not be there. */
static bool read_optional_line(const struct profile_reader *reader, const struct profile_place *place,
                               const char *otherwise, const char **line)
{
    *line = otherwise;
    return place->value == NULL || profile_read_line(reader, place, line);
}

static bool read_encoding(const struct profile_reader *reader, const struct profile_place *place)
{
    size_t index = ENCODING_UTF8;
    if (place->value != NULL && !profile_read_word(reader, place, encoding_names, &index))
        return false;
    reader->profile->encoding = (enum encoding)index;
    return true;
}

static bool read_delimiter(const struct profile_reader *reader, const struct profile_place *place)
{
    static const char *const names[] = {",", ";", "tab", "|", NULL};
    static const char characters[] = {',', ';', '\t', '|'};
    size_t index = 0;
    if (place->value == NULL)
        return true;
    if (!cJSON_IsString(place->value) || !profile_read_word(reader, place, names, &index))
        return profile_fail(reader, place, "expected \",\", \";\", \"tab\" or \"|\"");
    reader->profile->delimiter = characters[index];
    return true;
}

static bool read_takes_date_format(const struct profile_reader *reader, const struct profile_place *place)
{
    reader->profile->takes_date_format = cJSON_IsTrue(place->value);
    return place->value == NULL || cJSON_IsBool(place->value) || profile_fail(reader, place, "expected true or false");
}

/* The columns in the order of first mention, all of them needed in a file. */
static void keep_columns(struct profile_reader *reader, struct profile_used_column **columns)
{
    struct profile *const profile = reader->profile;
    const size_t count = reader->columns.count;
    *columns = arena_allocate(&profile->arena, count * sizeof **columns);
    for (size_t i = 0; i < count; i++) {
        const struct text name = dictionary_text(&reader->columns, (uint32_t)i);
        (*columns)[i] = (struct profile_used_column){arena_copy_text(&profile->arena, name), false};
    }
    profile->columns = *columns;
    profile->column_count = count;
}

/* Marks the columns that a file may lack. Comes last: by then all columns that are used are known. */
static bool read_optional_columns(struct profile_reader *reader, const struct profile_place *place)
{
    struct profile_used_column *columns;
    struct text_list names = {0};
    keep_columns(reader, &columns);
    if (place->value == NULL)
        return true;
    if (!profile_read_texts(reader, place, 0, &names))
        return false;
    for (size_t i = 0; i < names.count; i++) {
        const uint32_t column = dictionary_find(&reader->columns, names.texts[i]);
        const struct profile_place element = {place, NULL, i, place->value};
        if (column == DICTIONARY_NONE)
            return profile_fail(reader, &element, "expected a column that the profile uses");
        columns[column].optional = true;
    }
    return true;
}

static bool read_profile(struct profile_reader *reader, const cJSON *document)
{
    struct profile *const profile = reader->profile;
    const struct profile_place top = {.value = document};
    if (!profile_check_keys(reader, &top, keys))
        return false;
    const struct profile_place name = profile_member(&top, "name"), title = profile_member(&top, "title"),
                               source = profile_member(&top, "source"), encoding = profile_member(&top, "encoding"),
                               delimiter = profile_member(&top, "delimiter"), missing = profile_member(&top, "missing"),
                               optional = profile_member(&top, "optional"), rest = profile_member(&top, "rest"),
                               takes = profile_member(&top, "takes_date_format"),
                               leave_out = profile_member(&top, "leave_out"), makes = profile_member(&top, "makes");
    if (!profile_read_name(reader, &name, &profile->name))
        return false;
    if (strcmp(profile->name, canonical_name) == 0)
        return profile_fail(reader, &name, "expected another name: the program's own files are '%s'", canonical_name);
    return profile_read_line(reader, &title, &profile->title) &&
           read_optional_line(reader, &source, "", &profile->source) && read_encoding(reader, &encoding) &&
           read_delimiter(reader, &delimiter) &&
           (missing.value == NULL || profile_read_texts(reader, &missing, 0, &profile->missing)) &&
           profile_read_conditions(reader, &leave_out, true, &profile->leave_out) &&
           profile_read_rules(reader, &makes) &&
           read_optional_line(reader, &rest, "nothing that the profile makes anything of", &profile->rest) &&
           read_takes_date_format(reader, &takes) && read_optional_columns(reader, &optional);
}

bool profile_parse(struct text json, const char *path, struct profile **profile, struct error *error)
{
    struct profile *const read = memory_allocate_zeroed(1, sizeof *read);
    struct profile_reader reader = {.profile = read, .error = error};
    cJSON *document = NULL;
    read->text_hash = text_hash(json);
    read->path = arena_copy_text(&read->arena, text_of(path)).bytes;
    bool sound = json.length <= PROFILE_BYTES_MAX ||
                 error_set(error, "%s: expected a profile of at most %d bytes", path, PROFILE_BYTES_MAX);
    sound = sound && profile_json_parse(&reader, json, &document) && read_profile(&reader, document);
    cJSON_Delete(document);
    dictionary_release(&reader.columns);
    if (!sound) {
        profile_free(read);
        return false;
    }
    *profile = read;
    return true;
}

/* Reads to the end of the file, or to one byte past what a profile may have. */
static bool read_bytes(int file, struct buffer *content)
{
    char piece[1 << 14];
    ssize_t length;
    do {
        length = read(file, piece, sizeof piece);
        if (length < 0 && errno != EINTR)
            return false;
        if (length > 0)
            buffer_add(content, piece, (size_t)length);
    } while (length != 0 && content->length <= PROFILE_BYTES_MAX && !content->full);
    return true;
}

bool profile_read(const char *path, struct profile **profile, struct error *error)
{
    /* It waits for nobody to open the other end of a named pipe; one that a shell has opened is read to its end. */
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        error_set_system(error, errno, "cannot open the profile '%s'", path);
        return false;
    }
    fcntl(file, F_SETFL, 0);
    struct buffer content = buffer_with_maximum(PROFILE_BYTES_MAX + (1 << 14));
    const bool whole = read_bytes(file, &content);
    const int number = errno;
    close(file);
    if (!whole)
        error_set_system(error, number, "cannot read the profile '%s'", path);
    const bool sound = whole && profile_parse(buffer_text(&content), path, profile, error);
    buffer_release(&content);
    return sound;
}

void profile_free(struct profile *profile)
{
    if (profile == NULL)
        return;
    arena_release(&profile->arena);
    memory_free(profile);
}

void profile_set_date_format(struct profile *profile, const struct date_format *format)
{
    char pattern[DATE_PATTERN_SIZE];
    if (!profile->takes_date_format)
        return;
    for (size_t rule = 0; rule < profile->rule_count; rule++) {
        for (size_t i = 0; i < COLUMN_COUNT_MAX; i++) {
            if (profile->rules[rule].fields[i].form == FIELD_DATE)
                profile->rules[rule].fields[i].format = *format;
        }
    }
    date_format_pattern(format, pattern);
    profile->text_hash = profile->text_hash * 31 + text_hash(text_of(pattern));
}

/* The names of a folder's profiles, without their ending. */
struct name_list {
    char **names; /* owned, each of them too */
    size_t count, capacity;
};

static void name_list_release(struct name_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        memory_free(list->names[i]);
    memory_free(list->names);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool list_names(const char *folder, struct name_list *list, struct error *error)
{
    DIR *const directory = opendir(folder);
    if (directory == NULL)
        return error_set_system(error, errno, "cannot open the folder of profiles '%s'", folder);
    static const char ending[] = ".json";
    const size_t ending_length = sizeof ending - 1;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        const size_t length = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || length <= ending_length ||
            strcmp(entry->d_name + length - ending_length, ending) != 0)
            continue;
        list->names = memory_grow(list->names, &list->capacity, list->count + 1, sizeof *list->names);
        list->names[list->count++] = memory_copy_text(entry->d_name, length - ending_length);
    }
    closedir(directory);
    if (list->count > 0)
        qsort(list->names, list->count, sizeof *list->names, compare_names);
    return true;
}

/* Reads `folder`/`name`.json, which must have that name inside too. */
static bool read_built_in(const char *folder, const char *name, struct profile **profile, struct error *error)
{
    struct buffer path = buffer_with_maximum(PATH_SIZE_MAX);
    if (!buffer_add_formatted(&path, "%s/%s.json", folder, name)) {
        buffer_release(&path);
        return error_set(error, "the path of the folder of profiles is too long: '%s'", folder);
    }
    struct profile *read = NULL;
    bool sound = profile_read(path.bytes, &read, error);
    if (sound && strcmp(read->name, name) != 0)
        sound = error_set(error, "%s: $.name: expected \"%s\", as the file is named", path.bytes, name);
    buffer_release(&path);
    if (!sound) {
        profile_free(read);
        return false;
    }
    *profile = read;
    return true;
}

bool profile_list_read(const char *folder, struct profile_list *list, struct error *error)
{
    struct name_list names = {0};
    struct profile_list read = {0};
    bool sound = list_names(folder, &names, error);
    read.profiles = memory_allocate_zeroed(names.count, sizeof(struct profile *));
    for (size_t i = 0; sound && i < names.count; i++) {
        sound = read_built_in(folder, names.names[i], &read.profiles[i], error);
        read.count += sound ? 1 : 0;
    }
    name_list_release(&names);
    if (!sound) {
        profile_list_release(&read);
        return false;
    }
    *list = read;
    return true;
}

void profile_list_release(struct profile_list *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < list->count; i++)
        profile_free(list->profiles[i]);
    memory_free(list->profiles);
    *list = (struct profile_list){0};
}

/* The kinds that the profile's rules make, each once, in the order of the kinds. */
static void add_kinds(const struct profile *profile, struct buffer *text)
{
    bool first = true;
    for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++) {
        bool made = profile == NULL;
        for (size_t i = 0; profile != NULL && i < profile->rule_count; i++)
            made = made || profile->rules[i].kind == kind;
        if (made)
            buffer_add_formatted(text, "%s%s", first ? "" : ", ", format_kinds[kind].name);
        first = first && !made;
    }
}

void profile_list_write(const struct profile_list *list, struct buffer *text)
{
    buffer_add_formatted(text, "profile\tmakes\ttitle\tcolumns\tfile\n%s\t", canonical_name);
    add_kinds(NULL, text);
    buffer_add_string(text, "\tthe program's own files\tas `referlens list columns` has them\t\n");
    for (size_t i = 0; i < list->count; i++) {
        const struct profile *const profile = list->profiles[i];
        buffer_add_formatted(text, "%s\t", profile->name);
        add_kinds(profile, text);
        buffer_add_formatted(text, "\t%s\t", profile->title);
        const char *separator = "";
        for (size_t k = 0; k < profile->column_count; k++) {
            if (profile->columns[k].optional)
                continue;
            buffer_add_string(text, separator);
            buffer_add_text(text, profile->columns[k].name);
            separator = ", ";
        }
        buffer_add_formatted(text, "\t%s\n", profile->path);
    }
}
