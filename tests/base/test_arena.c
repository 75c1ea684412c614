#include "referlens/base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void addresses_stay_good_and_apart(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    struct arena arena = {0};
    static unsigned char *blocks[COUNT];
    static size_t sizes[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        sizes[i] = i % 97 + (i % 1000 == 0 ? 100000 : 0) + (i == 7777 ? 5000000 : 0);
        blocks[i] = arena_allocate(&arena, sizes[i]);
        memset(blocks[i], (int)(i % 251), sizes[i]);
        assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            if (blocks[i][k] != i % 251)
                fail_msg("block %zu was written over", i);
    arena_release(&arena);
}

static void a_copied_text_has_a_nul_behind_it(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct text copy = arena_copy_text(&arena, (struct text){"a\0bcd", 3});
    assert_int_equal(copy.length, 3);
    assert_memory_equal(copy.bytes, "a\0b", 4);
    struct text empty = arena_copy_text(&arena, (struct text){NULL, 0});
    assert_int_equal(empty.length, 0);
    assert_string_equal(empty.bytes, "");
    arena_release(&arena);
}

static void an_arena_can_be_used_again_after_its_release(void **state)
{
    (void)state;
    struct arena arena = {0};
    arena_release(&arena);
    arena_allocate(&arena, 10);
    arena_release(&arena);
    assert_null(arena.newest);
    arena_allocate(&arena, 1 << 20);
    arena_allocate(&arena, 1 << 20);
    arena_release(&arena);
    assert_null(arena.newest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_stay_good_and_apart),
        cmocka_unit_test(a_copied_text_has_a_nul_behind_it),
        cmocka_unit_test(an_arena_can_be_used_again_after_its_release),
    };
    return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
