/* JSON documents held against the schemas in reports/schemas.
 *
 * Knows the part of JSON Schema 2020-12 that those schemas use, and fails on any other keyword rather than pass over
 * it. Programs run from the root of the source tree, as `make test` does.
 */
#ifndef REFERLENS_TESTS_SUPPORT_JSON_SCHEMA_H
#define REFERLENS_TESTS_SUPPORT_JSON_SCHEMA_H

#include "scratch.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JSON_SCHEMA_FILES_MAX = 8, JSON_SCHEMA_PROBLEM_SIZE = 600 };

struct json_schemas {
    char names[JSON_SCHEMA_FILES_MAX][64];
    cJSON *documents[JSON_SCHEMA_FILES_MAX];
    size_t count;
    char problem[JSON_SCHEMA_PROBLEM_SIZE]; /* empty: none so far */
};

/* Loads "measures", "report", "pack", "comparison", "profile", "prompts" and "check"; to be called before a test goes elsewhere. */
static inline struct json_schemas json_schemas_load(void)
{
    static const char *const names[] = {"measures", "report", "pack", "comparison", "profile", "prompts", "check"};
    struct json_schemas schemas = {.count = sizeof names / sizeof *names};
    for (size_t i = 0; i < schemas.count; i++) {
        char path[128];
        snprintf(schemas.names[i], sizeof schemas.names[i], "%s.schema.json", names[i]);
        snprintf(path, sizeof path, "reports/schemas/%s", schemas.names[i]);
        char *text = scratch_read(path, NULL);
        schemas.documents[i] = text == NULL ? NULL : cJSON_Parse(text);
        free(text);
        if (schemas.documents[i] == NULL) {
            fprintf(stderr, "%s is not there, or is no JSON: run tests from the root of the source tree\n", path);
            exit(1);
        }
    }
    return schemas;
}

static inline void json_schemas_release(struct json_schemas *schemas)
{
    for (size_t i = 0; i < schemas->count; i++)
        cJSON_Delete(schemas->documents[i]);
}

static inline bool json_schema_problem(struct json_schemas *schemas, const char *keyword, const cJSON *value)
{
    char *text = cJSON_PrintUnformatted(value);
    snprintf(schemas->problem, sizeof schemas->problem, "%s does not hold for '%s': %.400s", keyword,
             value->string == NULL ? "" : value->string, text);
    cJSON_free(text);
    return false;
}

static inline bool json_schema_check(struct json_schemas *schemas, const cJSON *root, const cJSON *schema,
                                     const cJSON *value);

static inline bool json_schema_has_type(const char *type, const cJSON *value)
{
    if (strcmp(type, "integer") == 0)
        return cJSON_IsNumber(value) && value->valuedouble == floor(value->valuedouble);
    return (strcmp(type, "object") == 0 && cJSON_IsObject(value)) ||
           (strcmp(type, "array") == 0 && cJSON_IsArray(value)) ||
           (strcmp(type, "string") == 0 && cJSON_IsString(value)) ||
           (strcmp(type, "number") == 0 && cJSON_IsNumber(value)) ||
           (strcmp(type, "boolean") == 0 && cJSON_IsBool(value)) || (strcmp(type, "null") == 0 && cJSON_IsNull(value));
}

static inline bool json_schema_matches(const char *pattern, const cJSON *value)
{
    regex_t regex;
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool matches = regexec(&regex, value->valuestring, 0, NULL, 0) == 0;
    regfree(&regex);
    return matches;
}

/* "#/$defs/name" of this document or "file#/$defs/name" of another. */
static inline bool json_schema_check_reference(struct json_schemas *schemas, const cJSON *root, const char *reference,
                                               const cJSON *value)
{
    const char *fragment = strstr(reference, "#/$defs/");
    size_t length = fragment == NULL ? 0 : (size_t)(fragment - reference);
    for (size_t i = 0; length > 0 && i < schemas->count; i++)
        if (strlen(schemas->names[i]) == length && strncmp(schemas->names[i], reference, length) == 0)
            root = schemas->documents[i];
    const cJSON *definitions = cJSON_GetObjectItemCaseSensitive(root, "$defs");
    const cJSON *schema =
        fragment == NULL ? NULL : cJSON_GetObjectItemCaseSensitive(definitions, fragment + strlen("#/$defs/"));
    if (schema == NULL) {
        snprintf(schemas->problem, sizeof schemas->problem, "no such definition: %s", reference);
        return false;
    }
    return json_schema_check(schemas, root, schema, value);
}

static inline bool json_schema_check_members(struct json_schemas *schemas, const cJSON *root, const cJSON *schema,
                                             const cJSON *value)
{
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    bool closed = cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(schema, "additionalProperties"));
    const cJSON *member = NULL, *name = NULL;
    cJSON_ArrayForEach(name, cJSON_GetObjectItemCaseSensitive(schema, "required"))
    {
        if (cJSON_IsObject(value) && !cJSON_HasObjectItem(value, name->valuestring))
            return json_schema_problem(schemas, name->valuestring, value);
    }
    if (!cJSON_IsObject(value))
        return true;
    cJSON_ArrayForEach(member, value)
    {
        const cJSON *property = cJSON_GetObjectItemCaseSensitive(properties, member->string);
        if (property == NULL && closed)
            return json_schema_problem(schemas, "additionalProperties", member);
        if (property != NULL && !json_schema_check(schemas, root, property, member))
            return false;
    }
    return true;
}

/* What is said of members that "properties" does not name. */
static inline bool json_schema_check_others(struct json_schemas *schemas, const cJSON *root, const cJSON *schema,
                                            const cJSON *rule, const cJSON *value)
{
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties"), *member = NULL;
    if (!cJSON_IsObject(rule) || !cJSON_IsObject(value))
        return true;
    cJSON_ArrayForEach(member, value)
    {
        if (cJSON_GetObjectItemCaseSensitive(properties, member->string) == NULL &&
            !json_schema_check(schemas, root, rule, member))
            return false;
    }
    return true;
}

static inline bool json_schema_check_one_of(struct json_schemas *schemas, const cJSON *root, const cJSON *choices,
                                            const cJSON *value)
{
    int fitting = 0;
    const cJSON *choice = NULL;
    cJSON_ArrayForEach(choice, choices) fitting += json_schema_check(schemas, root, choice, value);
    if (fitting != 1)
        return json_schema_problem(schemas, "oneOf", value);
    schemas->problem[0] = '\0';
    return true;
}

static inline bool json_schema_check_keyword(struct json_schemas *schemas, const cJSON *root, const cJSON *schema,
                                             const cJSON *rule, const cJSON *value)
{
    const char *keyword = rule->string;
    const cJSON *item = NULL;
    bool holds = false;
    if (strcmp(keyword, "$ref") == 0)
        return json_schema_check_reference(schemas, root, rule->valuestring, value);
    if (strcmp(keyword, "oneOf") == 0)
        return json_schema_check_one_of(schemas, root, rule, value);
    if (strcmp(keyword, "properties") == 0)
        return json_schema_check_members(schemas, root, schema, value);
    if (strcmp(keyword, "additionalProperties") == 0)
        return json_schema_check_others(schemas, root, schema, rule, value);
    if (strcmp(keyword, "items") == 0) {
        cJSON_ArrayForEach(item, value)
        {
            if (cJSON_IsArray(value) && !json_schema_check(schemas, root, rule, item))
                return false;
        }
        return true;
    }
    if (strcmp(keyword, "type") == 0 && cJSON_IsString(rule)) {
        holds = json_schema_has_type(rule->valuestring, value);
    } else if (strcmp(keyword, "type") == 0) {
        cJSON_ArrayForEach(item, rule) holds = holds || json_schema_has_type(item->valuestring, value);
    } else if (strcmp(keyword, "const") == 0) {
        holds = cJSON_Compare(rule, value, true);
    } else if (strcmp(keyword, "enum") == 0) {
        cJSON_ArrayForEach(item, rule) holds = holds || cJSON_Compare(item, value, true);
    } else if (strcmp(keyword, "minimum") == 0) {
        holds = !cJSON_IsNumber(value) || value->valuedouble >= rule->valuedouble;
    } else if (strcmp(keyword, "maximum") == 0) {
        holds = !cJSON_IsNumber(value) || value->valuedouble <= rule->valuedouble;
    } else if (strcmp(keyword, "minItems") == 0) {
        holds = !cJSON_IsArray(value) || cJSON_GetArraySize(value) >= rule->valuedouble;
    } else if (strcmp(keyword, "maxItems") == 0) {
        holds = !cJSON_IsArray(value) || cJSON_GetArraySize(value) <= rule->valuedouble;
    } else if (strcmp(keyword, "minProperties") == 0) {
        holds = !cJSON_IsObject(value) || cJSON_GetArraySize(value) >= rule->valuedouble;
    } else if (strcmp(keyword, "maxLength") == 0) {
        holds = !cJSON_IsString(value) || (double)strlen(value->valuestring) <= rule->valuedouble;
    } else if (strcmp(keyword, "minLength") == 0) {
        holds = !cJSON_IsString(value) || (double)strlen(value->valuestring) >= rule->valuedouble;
    } else if (strcmp(keyword, "pattern") == 0) {
        holds = !cJSON_IsString(value) || json_schema_matches(rule->valuestring, value);
    } else {
        static const char *const silent[] = {"$schema", "$id",         "$defs",
                                             "title",   "description", "required"}; /* the last goes with "properties" */
        for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
            holds = holds || strcmp(keyword, silent[i]) == 0;
    }
    return holds || json_schema_problem(schemas, keyword, value);
}

static inline bool json_schema_check(struct json_schemas *schemas, const cJSON *root, const cJSON *schema,
                                     const cJSON *value)
{
    const cJSON *rule = NULL;
    cJSON_ArrayForEach(rule, schema)
    {
        if (!json_schema_check_keyword(schemas, root, schema, rule, value))
            return false;
    }
    return true;
}

/* True where the document is as the schema ("report") has it; otherwise schemas->problem says what is not. */
static inline bool json_schema_holds(struct json_schemas *schemas, const char *name, const cJSON *document)
{
    for (size_t i = 0; i < schemas->count; i++)
        if (strncmp(schemas->names[i], name, strlen(name)) == 0)
            return json_schema_check(schemas, schemas->documents[i], schemas->documents[i], document);
    return false;
}

#endif
