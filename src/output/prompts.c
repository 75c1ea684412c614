#include "referlens/output/prompts.h"

#include "referlens/base/memory.h"
#include "referlens/measure/measure.h"
#include "referlens/output/assets.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define PROMPTS_FILE "prompts.json"

enum { PLACE_SIZE = 64 };

struct prompts {
    cJSON *document;
};

/* Holding the file to its rules. Each check names the place, as "questions[3].side". */

static bool fault(struct error *error, const char *place, const char *words)
{
    return error_set(error, PROMPTS_FILE ": %s: %s", place, words);
}

/* Words that judge, in any case and whatever stands around them. */
static bool judges(const char *text)
{
    static const char word[] = "appropriate";
    for (const char *at = text; *at != '\0'; at++) {
        size_t length = 0;
        while (word[length] != '\0' && tolower((unsigned char)at[length]) == word[length])
            length++;
        if (word[length] == '\0')
            return true;
    }
    return false;
}

static bool check_text(const cJSON *item, const char *place, bool is_question, struct error *error)
{
    if (!cJSON_IsString(item) || item->valuestring[0] == '\0')
        return fault(error, place, "a text is missing");
    const size_t length = strlen(item->valuestring);
    if (is_question && item->valuestring[length - 1] != '?')
        return fault(error, place, "is no question: it does not end in '?'");
    return !judges(item->valuestring) || fault(error, place, "'appropriate' and 'inappropriate' are not said here");
}

static bool check_measure(const cJSON *item, const char *place, struct error *error)
{
    if (!cJSON_IsString(item))
        return fault(error, place, "the id of a measure is missing");
    return measure_index(item->valuestring) < measure_count ||
           error_set(error, PROMPTS_FILE ": %s: '%.40s' is no measure (see referlens list measures)", place,
                     item->valuestring);
}

static bool check_side(const cJSON *item, const char *place, struct error *error)
{
    static const char *const sides[] = {"above", "below", "any"};
    for (size_t i = 0; cJSON_IsString(item) && i < sizeof sides / sizeof sides[0]; i++) {
        if (strcmp(item->valuestring, sides[i]) == 0)
            return true;
    }
    return fault(error, place, "must be above, below or any");
}

static bool check_about(const cJSON *item, const char *place, struct error *error)
{
    if (!cJSON_IsArray(item))
        return fault(error, place, "a list of measures is missing");
    for (const cJSON *measure = item->child; measure != NULL; measure = measure->next) {
        if (!check_measure(measure, place, error))
            return false;
    }
    return true;
}

static bool check_question(const cJSON *item, const char *place, struct error *error)
{
    return check_text(item, place, true, error);
}

static bool check_hint(const cJSON *item, const char *place, struct error *error)
{
    return check_text(item, place, false, error);
}

typedef bool check_function(const cJSON *item, const char *place, struct error *error);

/* A member that an object of a list must have. */
struct member {
    const char *key;
    check_function *check;
};

enum { MEMBERS_MAX = 3 };

static const struct list {
    const char *key;
    struct member members[MEMBERS_MAX];
} lists[] = {
    {"questions", {{"measure", check_measure}, {"side", check_side}, {"question", check_question}}},
    {"prompts", {{"about", check_about}, {"prompt", check_question}}},
    {"appraisal", {{"heading", check_question}, {"hint", check_hint}}},
};
enum { LISTS = sizeof lists / sizeof lists[0] };

static bool check_object(const struct list *list, const cJSON *object, int index, struct error *error)
{
    char place[PLACE_SIZE];
    size_t known = 0;
    snprintf(place, sizeof place, "%s[%d]", list->key, index);
    if (!cJSON_IsObject(object))
        return fault(error, place, "is no object");
    for (size_t i = 0; i < MEMBERS_MAX && list->members[i].key != NULL; i++, known++) {
        snprintf(place, sizeof place, "%s[%d].%s", list->key, index, list->members[i].key);
        if (!list->members[i].check(cJSON_GetObjectItemCaseSensitive(object, list->members[i].key), place, error))
            return false;
    }
    snprintf(place, sizeof place, "%s[%d]", list->key, index);
    return (size_t)cJSON_GetArraySize(object) == known || fault(error, place, "holds a member that is not known");
}

static bool check_list(const struct list *list, const cJSON *document, struct error *error)
{
    const cJSON *items = cJSON_GetObjectItemCaseSensitive(document, list->key);
    int index = 0;
    if (!cJSON_IsArray(items))
        return fault(error, list->key, "a list is missing");
    for (const cJSON *item = items->child; item != NULL; item = item->next) {
        if (!check_object(list, item, index++, error))
            return false;
    }
    return true;
}

static bool check_document(const cJSON *document, struct error *error)
{
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(document, "schema_version");
    if (!cJSON_IsObject(document))
        return fault(error, "the whole", "is no object");
    if (!cJSON_IsString(version) || strcmp(version->valuestring, "1") != 0)
        return fault(error, "schema_version", "must be \"1\"");
    for (size_t i = 0; i < LISTS; i++) {
        if (!check_list(&lists[i], document, error))
            return false;
    }
    if (!check_question(cJSON_GetObjectItemCaseSensitive(document, "default_question"), "default_question", error))
        return false;
    return cJSON_GetArraySize(document) == LISTS + 2 || fault(error, "the whole", "holds a member that is not known");
}

/* The line on which a text goes wrong, from 1. */
static int line_of(struct text source, const char *place)
{
    int line = 1;
    for (const char *at = source.bytes; at != NULL && at < place && at < source.bytes + source.length; at++)
        line += *at == '\n' ? 1 : 0;
    return line;
}

bool prompts_parse(struct text source, struct prompts **prompts, struct error *error)
{
    const char *end = NULL;
    cJSON *document = cJSON_ParseWithLengthOpts(source.bytes, source.length, &end, false);
    if (document == NULL)
        return error_set(error, PROMPTS_FILE ":%d: is no JSON", line_of(source, end));
    if (!check_document(document, error)) {
        cJSON_Delete(document);
        return false;
    }
    *prompts = memory_allocate(sizeof **prompts);
    (*prompts)->document = document;
    return true;
}

bool prompts_load(struct prompts **prompts, struct error *error)
{
    struct buffer source = buffer_with_maximum(ASSET_SIZE_MAX);
    const bool done = assets_read(PROMPTS_FILE, &source, error) && prompts_parse(buffer_text(&source), prompts, error);
    buffer_release(&source);
    return done;
}

void prompts_free(struct prompts *prompts)
{
    if (prompts == NULL)
        return;
    cJSON_Delete(prompts->document);
    memory_free(prompts);
}

/* Choosing. */

static const char *text_of_member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key)->valuestring;
}

const char *prompts_question(const struct prompts *prompts, size_t measure, int side)
{
    const char *const word = side > 0 ? "above" : side < 0 ? "below" : "any";
    const cJSON *questions = cJSON_GetObjectItemCaseSensitive(prompts->document, "questions");
    for (const cJSON *item = questions->child; item != NULL; item = item->next) {
        const char *of = text_of_member(item, "side");
        if (strcmp(text_of_member(item, "measure"), measure_table[measure].id) == 0 &&
            (strcmp(of, "any") == 0 || strcmp(of, word) == 0))
            return text_of_member(item, "question");
    }
    return text_of_member(prompts->document, "default_question");
}

static bool is_about(const cJSON *about, const size_t *measures, size_t count)
{
    if (about->child == NULL)
        return true;
    for (const cJSON *measure = about->child; measure != NULL; measure = measure->next) {
        for (size_t i = 0; i < count; i++) {
            if (strcmp(measure->valuestring, measure_table[measures[i]].id) == 0)
                return true;
        }
    }
    return false;
}

void prompts_add_chosen(const struct prompts *prompts, const size_t *measures, size_t count, cJSON *list)
{
    const cJSON *all = cJSON_GetObjectItemCaseSensitive(prompts->document, "prompts");
    for (const cJSON *item = all->child; item != NULL; item = item->next) {
        if (is_about(cJSON_GetObjectItemCaseSensitive(item, "about"), measures, count))
            cJSON_AddItemToArray(list, cJSON_CreateString(text_of_member(item, "prompt")));
    }
}

cJSON *prompts_appraisal(const struct prompts *prompts)
{
    return cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(prompts->document, "appraisal"), true);
}
