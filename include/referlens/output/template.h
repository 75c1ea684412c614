/* Templates: text with holes, filled from a JSON document. There is no logic in a template: no sums, no tests but "is
 * it there?", so that an editor may change a page without C and a page cannot state what no document holds.
 *
 *   {{name}}               the value, escaped for HTML text and for attributes in either kind of quotes
 *   {{{name}}}             the value as it is: only for what the program itself has made
 *   {{#name}} … {{/name}}  once for each element of a list; once for a value that is there; not at all for an empty one
 *   {{^name}} … {{/name}}  only where the value is empty
 *   {{>file.html}}         another template of the set, filled in the same place
 *   {{! a remark }}        nothing
 *   {{.}}                  the element itself, in a list of plain values
 *
 * A dotted name (practice.code) goes down into objects. The first part is looked for in the innermost section and then
 * outwards; the rest must lie inside what was found. A leading dot (.code) looks in the innermost alone. Empty are: a
 * missing name, null, false, "", [] and {}. A number is never empty: zero is something. An empty value is written as
 * nothing, and so are lists and objects. A section's mark, a remark or a partial alone on its line takes the line with
 * it.
 *
 * Errors name the file and the line. Called by page.c alone.
 */
#ifndef REFERLENS_OUTPUT_TEMPLATE_H
#define REFERLENS_OUTPUT_TEMPLATE_H

#include "referlens/base/buffer.h"
#include "referlens/base/error.h"
#include "referlens/base/text.h"

#include <cjson/cJSON.h>

#include <stdbool.h>

/* Sections and partials inside one another, at most. */
enum { TEMPLATE_DEPTH_MAX = 32 };

/* Templates that may name each other. Read-only once linked: any number of threads may then render from it. */
struct template_set;

struct template_set *template_set_make(void);

/* Releases the set; NULL is allowed. */
void template_set_free(struct template_set *set);

/* Parses and adds a copy of `source` under the name of its file ("overview.html"). Fails, adding nothing, where the
 * text is no template or the name is taken. */
bool template_set_add(struct template_set *set, const char *name, struct text source, struct error *error);

/* The name of a template that another one wants by {{>name}} and that is not in the set yet; empty where all are there. It
 * holds letters, digits, "_", "-" and "." alone, so it cannot lead out of a folder. */
struct text template_set_missing(const struct template_set *set);

/* Finds what each {{>file}} means; call it once, after the last template was added. Fails where one is missing. */
bool template_set_link(struct template_set *set, struct error *error);

/* Adds the template, filled from the document, to `output`. Fails where there is no such template, where templates nest
 * too deeply, or where the buffer's maximum would be passed; what was added until then stays in the buffer. */
bool template_render(const struct template_set *set, const char *name, const cJSON *document, struct buffer *output,
                     struct error *error);

/* Adds the text, escaped as {{name}} does it. */
bool template_escape(struct text text, struct buffer *output);

#endif
