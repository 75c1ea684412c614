/* Pages of two small practices, counted by hand: A81001 has 40 decided referrals, 10 of them rejected; A81002 has 40,
 * of which 3 were rejected. Wilson's interval for 10 of 40 is 14.2–40.2 %, for 3 of 40 2.6–19.9 % and for the rounded
 * 15 of 80 11.7–28.7 % (its formula, worked out in Python).
 */
#ifndef REFERLENS_TESTS_SUPPORT_TWO_PRACTICES_H
#define REFERLENS_TESTS_SUPPORT_TWO_PRACTICES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "made_report.h"

#include "referlens/input/input.h"
#include "referlens/measure/report.h"
#include "referlens/output/folder.h"
#include "referlens/output/page.h"

#include <cjson/cJSON.h>

#include <ctype.h>

/* The files. */

static inline void add_referral(struct buffer *referrals, struct buffer *outcomes, const char *practice, int number,
                         bool rejected)
{
    buffer_add_formatted(referrals, "%s-%d,%s,2025-01-%02d,330,P%s%d\n", practice, number, practice, number % 28 + 1,
                         practice, number);
    buffer_add_formatted(outcomes, "%s-%d,2025-02-10,%s,%s\n", practice, number, rejected ? "rejected" : "accepted",
                         rejected ? "criteria_not_met" : "");
}

static inline void write_files(const char *practice_name)
{
    struct buffer referrals = buffer_with_maximum(1 << 20);
    struct buffer outcomes = buffer_with_maximum(1 << 20);
    struct buffer practices = buffer_with_maximum(1 << 20);
    buffer_add_string(&referrals, "referral_id,practice_code,referral_date,specialty_code,patient_key\n");
    buffer_add_string(&outcomes, "referral_id,event_date,event_type,reason_code\n");
    buffer_add_string(&practices, "practice_code,practice_name\n");
    for (int i = 0; i < 40; i++) {
        add_referral(&referrals, &outcomes, "A81001", i, i < 10);
        add_referral(&referrals, &outcomes, "A81002", i, i < 3);
    }
    buffer_add_formatted(&practices, "A81001,\"%s\"\nA81002,Riverside\n", practice_name);
    scratch_write("referrals.csv", referrals.bytes);
    scratch_write("outcomes.csv", outcomes.bytes);
    scratch_write("practices.csv", practices.bytes);
    scratch_write("sessions.csv", "practice_code,session_date,topic\nA81001,2025-02-03,<b>Headache</b>\n");
    buffer_release(&referrals);
    buffer_release(&outcomes);
    buffer_release(&practices);
}

/* The pages of the files. */

static inline void write_pages(struct run *run, bool with_charts, size_t worker_count)
{
    static const uint32_t practices[] = {0, 1};
    struct error error = {""};
    bool done = pages_write(&run->report, run->folder, practices, 2, with_charts, worker_count, &error);
    assert_string_equal(error.message, "");
    assert_true(done);
}

static inline char *read_output(const struct run *run, const char *name)
{
    char path[2 * SCRATCH_PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder_path(run->folder), name);
    char *bytes = scratch_read(path, NULL);
    assert_non_null(bytes);
    return bytes;
}

static inline void assert_holds(const struct run *run, const char *name, const char *text)
{
    char *page = read_output(run, name);
    if (strstr(page, text) == NULL) {
        fail_msg("%s does not hold: %s", name, text);
    }
    free(page);
}

static inline void assert_lacks(const struct run *run, const char *name, const char *text)
{
    char *page = read_output(run, name);
    if (strstr(page, text) != NULL) {
        fail_msg("%s holds: %s", name, text);
    }
    free(page);
}

static const char *const pages[] = {"index.html", "practices/A81001/index.html", "practices/A81002/index.html"};

enum { PAGE_COUNT = 3 };

static inline const cJSON *get(const cJSON *item, const char *path)
{
    char key[64];
    while (item != NULL && *path != '\0') {
        size_t length = strcspn(path, "/");
        snprintf(key, sizeof key, "%.*s", (int)length, path);
        item = isdigit((unsigned char)key[0]) ? cJSON_GetArrayItem(item, key[0] - '0')
                                              : cJSON_GetObjectItemCaseSensitive(item, key);
        path += length + (path[length] == '/');
    }
    return item;
}

#endif
