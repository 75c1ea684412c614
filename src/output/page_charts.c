#include "referlens/output/page_charts.h"

#include "referlens/base/buffer.h"
#include "referlens/output/chart.h"
#include "referlens/output/page_json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, READ_SIZE = 1 << 16 };

static bool path_of(char path[PATH_SIZE], const struct folder *folder, const char *place, const char *name)
{
    int length = snprintf(path, PATH_SIZE, "%s/%s%s", folder_path(folder), place, name);
    return length > 0 && length < PATH_SIZE;
}

void page_add_charts(cJSON *document, struct folder *folder, const char *place)
{
    cJSON *charts = page_add_object(document, "charts");
    for (size_t i = 0; i < chart_count; i++) {
        char svg[96], tsv[96], path[PATH_SIZE];
        struct stat status;
        snprintf(svg, sizeof svg, "charts/%s.svg", chart_table[i].id);
        snprintf(tsv, sizeof tsv, "charts/%s.tsv", chart_table[i].id);
        if (!path_of(path, folder, place, svg) || stat(path, &status) != 0 || !S_ISREG(status.st_mode)) {
            continue;
        }
        cJSON *chart = page_add_object(charts, chart_table[i].id);
        page_add_string(chart, "svg", svg);
        page_add_string(chart, "tsv", tsv);
    }
}

static bool read_file(const char *path, struct buffer *content, struct error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) {
        return error_set_system(error, errno, "can't read the chart %s", path);
    }
    char bytes[READ_SIZE];
    ssize_t length;
    while ((length = read(descriptor, bytes, sizeof bytes)) > 0 || (length < 0 && errno == EINTR)) {
        if (length > 0) {
            buffer_add(content, bytes, (size_t)length);
        }
    }
    int number = errno;
    close(descriptor);
    if (length < 0) {
        return error_set_system(error, number, "can't read the chart %s", path);
    }
    return !content->full || error_set(error, "the chart %s is longer than %d bytes", path, PAGE_CHART_SIZE_MAX);
}

/* RFC 4648, with padding. */
static void add_base64(struct text text, struct buffer *output)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < text.length; i += 3) {
        size_t count = text.length - i < 3 ? text.length - i : 3;
        uint32_t bits = 0;
        for (size_t j = 0; j < 3; j++) {
            bits = bits << 8 | (j < count ? (uint32_t)(unsigned char)text.bytes[i + j] : 0);
        }
        char group[4];
        for (size_t j = 0; j < 4; j++) {
            group[j] = j <= count ? digits[bits >> (18 - 6 * j) & 63] : '=';
        }
        buffer_add(output, group, sizeof group);
    }
}

static bool embed(cJSON *chart, const struct folder *folder, const char *place, struct error *error)
{
    char path[PATH_SIZE];
    const cJSON *svg = cJSON_GetObjectItemCaseSensitive(chart, "svg");
    if (!path_of(path, folder, place, svg->valuestring)) {
        return error_set(error, "the path of the chart %s is too long", svg->valuestring);
    }
    struct buffer content = buffer_with_maximum(PAGE_CHART_SIZE_MAX);
    struct buffer image = buffer_with_maximum(2 * PAGE_CHART_SIZE_MAX);
    bool done = read_file(path, &content, error);
    if (done) {
        buffer_add_string(&image, "data:image/svg+xml;base64,");
        add_base64(buffer_text(&content), &image);
        page_add_string(chart, "image", image.bytes);
    }
    buffer_release(&content);
    buffer_release(&image);
    return done;
}

bool page_embed_charts(cJSON *document, struct folder *folder, const char *place, struct error *error)
{
    cJSON *charts = cJSON_GetObjectItemCaseSensitive(document, "charts");
    for (cJSON *chart = charts == NULL ? NULL : charts->child; chart != NULL; chart = chart->next) {
        if (!embed(chart, folder, place, error)) {
            return false;
        }
    }
    return true;
}
