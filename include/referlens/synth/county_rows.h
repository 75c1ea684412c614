/* The small files of the county, a practice at a time: practices.csv, schemes.csv and sessions.csv. */
#ifndef REFERLENS_SYNTH_COUNTY_ROWS_H
#define REFERLENS_SYNTH_COUNTY_ROWS_H

#include "referlens/base/buffer.h"
#include "referlens/synth/county.h"

#include <stddef.h>

/* Adds the rows of one practice to the buffer. */
typedef void synth_county_rows(const struct synth_county *county, size_t practice, struct buffer *buffer);

/* A file, with its header row and what adds the rows of a practice. */
struct synth_county_file {
    const char *name;
    const char *header;
    synth_county_rows *add_rows;
};

enum { SYNTH_COUNTY_FILE_COUNT = 3 };
extern const struct synth_county_file synth_county_files[SYNTH_COUNTY_FILE_COUNT];

#endif
