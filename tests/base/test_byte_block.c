#include "referlens/base/byte_block.h"

#include "referlens/base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_found(const char *bytes, char wanted, struct byte_block found)
{
    for (unsigned i = 0; i < BYTE_BLOCK_SIZE; i++) {
        assert_int_equal((found.wanted >> i) & 1, bytes[i] == wanted);
        assert_int_equal((found.low >> i) & 1, (unsigned char)bytes[i] <= ' ');
    }
    assert_int_equal((found.wanted | found.low) >> BYTE_BLOCK_SIZE, 0);
}

static void both_ways_find_what_a_look_at_each_byte_finds(void **state)
{
    (void)state;
    struct random_stream random = random_seed(1, 0);
    for (int wanted = 0; wanted < 256; wanted++) {
        for (int round = 0; round < 500; round++) {
            char bytes[BYTE_BLOCK_SIZE];
            /* Bytes near the wanted one and near the space, in every neighbourhood. */
            for (size_t i = 0; i < sizeof bytes; i++) {
                const unsigned any = (unsigned)random_below(&random, 256);
                const unsigned near[4] = {any, (unsigned)wanted, (unsigned)wanted + any % 3 - 1, ' ' + any % 3 - 1};
                bytes[i] = (char)near[random_below(&random, 4)];
            }
            assert_found(bytes, (char)wanted, byte_block_look(bytes, (char)wanted));
            assert_found(bytes, (char)wanted, byte_block_look_portable(bytes, (char)wanted));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_find_what_a_look_at_each_byte_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
