/* A template in its parts: text, holes and sections, as one list in the order of the file.
 *
 * Called by template.c alone, which fills it from a document.
 */
#ifndef REFERLENS_OUTPUT_TEMPLATE_PARSE_H
#define REFERLENS_OUTPUT_TEMPLATE_PARSE_H

#include "referlens/base/error.h"
#include "referlens/base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_RAW, NODE_SECTION, NODE_INVERTED, NODE_CLOSE, NODE_PARTIAL, NODE_REMARK };

struct parsed_template;

struct template_node {
    enum node_kind kind;
    struct text text;                     /* literal text, or the name; a view of the template's source */
    size_t line;                          /* from 1 */
    size_t end;                           /* sections: index of the node that closes it */
    const struct parsed_template *target; /* partials: filled in when the set is linked */
};

struct parsed_template {
    char *name; /* of its file; owned, as are the next two */
    char *source;
    struct template_node *nodes;
    size_t length; /* of the source, in bytes */
    size_t count, capacity;
};

/* Parses a copy of `source`. Returns NULL where it is no template; the error names file and line. */
struct parsed_template *template_parse(const char *name, struct text source, struct error *error);

/* Releases it; NULL is allowed. */
void template_parsed_free(struct parsed_template *template);

#endif
