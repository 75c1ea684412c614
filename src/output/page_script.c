#include "referlens/output/page_script.h"

#include "referlens/output/assets.h"
#include "referlens/output/page_json.h"

#include <openssl/evp.h>

bool page_add_script_hash(cJSON *document, const struct template_set *templates, const char *name, struct error *error)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned char text[2 * EVP_MAX_MD_SIZE];
    unsigned length = 0;
    struct buffer script = buffer_with_maximum(ASSET_SIZE_MAX);
    bool done = template_render(templates, name, document, &script, error);
    if (done && EVP_Digest(script.bytes, script.length, digest, &length, EVP_sha256(), NULL) != 1)
        done = error_set(error, "can't hash %s", name);
    if (done) {
        EVP_EncodeBlock(text, digest, (int)length);
        page_add_string(document, "script_hash", (const char *)text);
    }
    buffer_release(&script);
    return done;
}
