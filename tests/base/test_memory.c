#include "referlens/base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void nothing_asked_for_is_still_a_block(void **state)
{
    (void)state;
    memory_free(memory_allocate(0));
    memory_free(memory_allocate_zeroed(0, 8));
    memory_free(memory_allocate_zeroed(8, 0));
    void *block = memory_resize(NULL, 0, 4);
    assert_non_null(block);
    block = memory_resize(block, 0, 4);
    assert_non_null(block);
    memory_free(block);
    memory_free(NULL);
}

static void zeroed_memory_is_zero(void **state)
{
    (void)state;
    unsigned char *bytes = memory_allocate_zeroed(1000, 3);
    for (size_t i = 0; i < 3000; i++)
        assert_int_equal(bytes[i], 0);
    memory_free(bytes);
}

static void resizing_keeps_the_content(void **state)
{
    (void)state;
    int *numbers = memory_resize(NULL, 2, sizeof *numbers);
    numbers[0] = 4;
    numbers[1] = 5;
    numbers = memory_resize(numbers, 5000, sizeof *numbers);
    assert_int_equal(numbers[0], 4);
    assert_int_equal(numbers[1], 5);
    memory_free(numbers);
}

static void growing_one_by_one_costs_few_moves(void **state)
{
    (void)state;
    int *numbers = NULL;
    size_t capacity = 0, moves = 0;
    for (size_t count = 0; count < 100000; count++) {
        size_t before = capacity;
        numbers = memory_grow(numbers, &capacity, count + 1, sizeof *numbers);
        assert_true(capacity > count);
        moves += capacity != before;
        numbers[count] = (int)count;
    }
    for (size_t i = 0; i < 100000; i++)
        assert_int_equal(numbers[i], i);
    assert_true(moves < 30);
    memory_free(numbers);
}

static void a_copied_text_ends_with_a_nul(void **state)
{
    (void)state;
    char *copy = memory_copy_text("abcdef", 3);
    assert_string_equal(copy, "abc");
    memory_free(copy);
    copy = memory_copy_text(NULL, 0);
    assert_string_equal(copy, "");
    memory_free(copy);
}

static void leave_with_three(void)
{
    _exit(3);
}

/* The exit status of a child that installs the handler and asks for too much in the way named. */
static int status_of_exhaustion(int way)
{
    pid_t child = fork();
    if (child == 0) {
        volatile size_t half = SIZE_MAX / 2 + 2; /* volatile: the compiler knows malloc's limits */
        size_t capacity = 0;
        memory_set_exhausted(leave_with_three);
        if (way == 0)
            memory_allocate_zeroed(half, 2);
        else if (way == 1)
            memory_resize(NULL, half, 2);
        else if (way == 2)
            memory_grow(NULL, &capacity, half, 2);
        else if (way == 3)
            memory_copy_text("", SIZE_MAX - (half - half));
        else
            memory_exhausted();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void sizes_beyond_all_memory_reach_the_handler(void **state)
{
    (void)state;
    for (int way = 0; way < 5; way++)
        assert_int_equal(status_of_exhaustion(way), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_asked_for_is_still_a_block),
        cmocka_unit_test(zeroed_memory_is_zero),
        cmocka_unit_test(resizing_keeps_the_content),
        cmocka_unit_test(growing_one_by_one_costs_few_moves),
        cmocka_unit_test(a_copied_text_ends_with_a_nul),
        cmocka_unit_test(sizes_beyond_all_memory_reach_the_handler),
    };
    return cmocka_run_group_tests_name("base/memory", tests, NULL, NULL);
}
