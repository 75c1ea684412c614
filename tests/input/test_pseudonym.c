#include "referlens/input/pseudonym.h"

#include "../support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

static char scratch[SCRATCH_PATH_SIZE];

static int enter(void **state)
{
    (void)state;
    scratch_enter(scratch);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave(scratch);
    return 0;
}

static void write_bytes(const char *path, const void *bytes, size_t length)
{
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static struct pseudonym_key *key_of(const void *bytes, size_t length)
{
    struct pseudonym_key *key = NULL;
    struct error error = {""};
    write_bytes("key", bytes, length);
    if (!pseudonym_key_read("key", &key, &error))
        fail_msg("%s", error.message);
    return key;
}

/* RFC 4231, section 4: the test cases whose keys are long enough and whose digests are whole. */
static void pseudonyms_are_those_of_rfc_4231(void **state)
{
    (void)state;
    unsigned char bytes[25];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i + 1);
    char elevens[20], aas[131], dds[50], cds[50], pseudonym[PSEUDONYM_TEXT_SIZE];
    memset(elevens, '\x0b', sizeof elevens);
    memset(aas, '\xaa', sizeof aas);
    memset(dds, '\xdd', sizeof dds);
    memset(cds, '\xcd', sizeof cds);
    const struct {
        struct text key, text;
        const char *digest;
    } cases[] = {
        {{elevens, 20}, TEXT("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {{aas, 20}, {dds, 50}, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {{(const char *)bytes, 25}, {cds, 50}, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {{aas, 131},
         TEXT("Test Using Larger Than Block-Size Key - Hash Key First"),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {{aas, 131},
         TEXT(
             "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
             "hashed before being used by the HMAC algorithm."),
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pseudonym_key *const key = key_of(cases[i].key.bytes, cases[i].key.length);
        pseudonym_write(key, cases[i].text, pseudonym);
        assert_string_equal(pseudonym, cases[i].digest);
        pseudonym_key_free(key);
    }
}

/* printf '' | openssl dgst -sha256 -hmac 0123456789abcdef */
static void an_empty_text_has_a_pseudonym_too(void **state)
{
    (void)state;
    struct pseudonym_key *const key = key_of("0123456789abcdef", 16);
    char pseudonym[PSEUDONYM_TEXT_SIZE];
    pseudonym_write(key, (struct text){NULL, 0}, pseudonym);
    assert_string_equal(pseudonym, "496dc93fa2d26eae500ec0bc37a122706b88f8963cebf0899d0245fae313e241");
    pseudonym_key_free(key);
}

static void every_byte_of_the_file_counts(void **state)
{
    (void)state;
    struct pseudonym_key *const plain = key_of("0123456789abcdef", 16);
    struct pseudonym_key *const with_line_end = key_of("0123456789abcdef\n", 17);
    char first[PSEUDONYM_TEXT_SIZE], second[PSEUDONYM_TEXT_SIZE];
    pseudonym_write(plain, TEXT("P1"), first);
    pseudonym_write(with_line_end, TEXT("P1"), second);
    assert_string_not_equal(first, second);
    pseudonym_key_free(plain);
    pseudonym_key_free(with_line_end);
}

static void a_key_of_any_allowed_length_is_read(void **state)
{
    (void)state;
    char bytes[PSEUDONYM_KEY_MAX];
    memset(bytes, 'k', sizeof bytes);
    pseudonym_key_free(key_of(bytes, PSEUDONYM_KEY_MIN));
    pseudonym_key_free(key_of(bytes, PSEUDONYM_KEY_MAX));
}

static void assert_refused(const char *path, const char *message)
{
    struct pseudonym_key *key = NULL;
    struct error error = {""};
    assert_false(pseudonym_key_read(path, &key, &error));
    assert_string_equal(error.message, message);
    assert_null(key);
}

static void a_key_that_cannot_be_used_is_refused_without_showing_it(void **state)
{
    (void)state;
    char bytes[PSEUDONYM_KEY_MAX + 1];
    memset(bytes, 'k', sizeof bytes);
    write_bytes("short", "secret", 6);
    write_bytes("empty", "", 0);
    write_bytes("long", bytes, sizeof bytes);
    assert_refused("short", "the key file 'short' is too short: 6 bytes, of at least 16");
    assert_refused("empty", "the key file 'empty' is too short: 0 bytes, of at least 16");
    assert_refused("long", "the key file 'long' is too long: more than 4096 bytes");
    assert_refused("/dev/zero", "the key file '/dev/zero' is too long: more than 4096 bytes");
    assert_refused("nowhere", "cannot open the key file 'nowhere': No such file or directory");
    assert_refused(".", "cannot read the key file '.': Is a directory");
    pseudonym_key_free(NULL);
}

static void a_key_comes_through_a_pipe_that_is_open_and_no_other(void **state)
{
    (void)state;
    struct pseudonym_key *key = NULL;
    struct error error = {""};
    alarm(60); /* in place of waiting for ever */
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_false(pseudonym_key_read("pipe", &key, &error));
    assert_string_equal(error.message, "the key file 'pipe' is too short: 0 bytes, of at least 16");
    int ends[2];
    char path[40];
    assert_int_equal(pipe(ends), 0);
    const pid_t writer = fork(); /* as a shell's <(…) */
    if (writer == 0) {
        close(ends[0]);
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        _exit(write(ends[1], "sixteen bytes...", 16) == 16 ? 0 : 1);
    }
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_true(pseudonym_key_read(path, &key, &error));
    pseudonym_key_free(key);
    close(ends[0]);
    waitpid(writer, NULL, 0);
    alarm(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pseudonyms_are_those_of_rfc_4231),
        cmocka_unit_test(an_empty_text_has_a_pseudonym_too),
        cmocka_unit_test(every_byte_of_the_file_counts),
        cmocka_unit_test(a_key_of_any_allowed_length_is_read),
        cmocka_unit_test(a_key_that_cannot_be_used_is_refused_without_showing_it),
        cmocka_unit_test(a_key_comes_through_a_pipe_that_is_open_and_no_other),
    };
    return cmocka_run_group_tests_name("input/pseudonym", tests, enter, leave);
}
