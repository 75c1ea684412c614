#include "referlens/input/pseudonym.h"

#include "referlens/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <unistd.h>

struct pseudonym_key {
    size_t length;
    unsigned char bytes[PSEUDONYM_KEY_MAX + 1]; /* one more, to see that a file goes on */
};

enum { DIGEST_BYTES = (PSEUDONYM_TEXT_SIZE - 1) / 2 };

/* Reads to the end of the file or until the key is full; false with errno set. */
static bool read_bytes(int file, struct pseudonym_key *key)
{
    while (key->length < sizeof key->bytes) {
        const ssize_t length = read(file, key->bytes + key->length, sizeof key->bytes - key->length);
        if (length == 0)
            break;
        if (length < 0 && errno != EINTR)
            return false;
        key->length += length > 0 ? (size_t)length : 0;
    }
    return true;
}

bool pseudonym_key_read(const char *path, struct pseudonym_key **key, struct error *error)
{
    /* It waits for nobody to open the other end of a named pipe; one that a shell has opened is read to its end. */
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return error_set_system(error, errno, "cannot open the key file '%s'", path);
    fcntl(file, F_SETFL, 0);
    struct pseudonym_key *const read = memory_allocate_zeroed(1, sizeof *read);
    bool sound = read_bytes(file, read);
    if (!sound)
        error_set_system(error, errno, "cannot read the key file '%s'", path);
    else if (read->length < PSEUDONYM_KEY_MIN)
        sound = error_set(error, "the key file '%s' is too short: %zu bytes, of at least %d", path, read->length,
                          PSEUDONYM_KEY_MIN);
    else if (read->length > PSEUDONYM_KEY_MAX)
        sound = error_set(error, "the key file '%s' is too long: more than %d bytes", path, PSEUDONYM_KEY_MAX);
    close(file);
    if (sound)
        *key = read;
    else
        pseudonym_key_free(read);
    return sound;
}

void pseudonym_key_free(struct pseudonym_key *key)
{
    if (key == NULL)
        return;
    explicit_bzero(key, sizeof *key);
    memory_free(key);
}

void pseudonym_write(const struct pseudonym_key *key, struct text text, char pseudonym[PSEUDONYM_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    const unsigned char *const bytes = (const unsigned char *)(text.length > 0 ? text.bytes : "");
    if (HMAC(EVP_sha256(), key->bytes, (int)key->length, bytes, text.length, digest, NULL) == NULL)
        memory_exhausted(); /* nothing else can be wrong with a known digest and a key in range */
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        pseudonym[2 * i] = digits[digest[i] >> 4];
        pseudonym[2 * i + 1] = digits[digest[i] & 0x0F];
    }
    pseudonym[2 * DIGEST_BYTES] = '\0';
}
