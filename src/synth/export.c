#include "referlens/synth/export.h"

#include "referlens/base/buffer.h"
#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/synth/block.h"
#include "referlens/synth/county.h"
#include "referlens/synth/county_rows.h"
#include "referlens/synth/destination.h"
#include "referlens/synth/rows.h"

enum {
    BLOCKS_PER_WORKER = 4, /* made between two writes: about 4 MB a worker */
    COUNTY_BUFFER_MAX = 1 << 21,
    COUNTY_BUFFER_FLUSH = 1 << 20
};

struct synth_options synth_default_options(void)
{
    day as_of;
    day_from_date(2025, 6, 30, &as_of);
    return (struct synth_options){.referral_count = 32000,
                                  .practice_count = 24,
                                  .quarter_count = 8,
                                  .seed = 1,
                                  .as_of = as_of,
                                  .effect = SYNTH_EFFECT_DEFAULT,
                                  .worker_count = 1};
}

bool synth_options_check(const struct synth_options *options, struct error *error)
{
    int year, month, day_of_month;
    day_to_date(options->as_of, &year, &month, &day_of_month);
    if (year < 1900 || year > 2999)
        return error_set(error, "the as-of date must be in the years 1900 to 2999");
    if (options->referral_count < 0 || options->referral_count > SYNTH_REFERRALS_MAX)
        return error_set(error, "the number of referrals must be 0 to %lld", (long long)SYNTH_REFERRALS_MAX);
    if (options->practice_count < 1 || options->practice_count > SYNTH_PRACTICES_MAX)
        return error_set(error, "the number of practices must be 1 to %d", SYNTH_PRACTICES_MAX);
    if (options->quarter_count < 1 || options->quarter_count > SYNTH_QUARTERS_MAX)
        return error_set(error, "the number of quarters must be 1 to %d", SYNTH_QUARTERS_MAX);
    return true;
}

/* One export under way. */
struct job {
    const struct synth_options *options;
    struct synth_county county;
    struct destination *destination;
    struct synth_block *blocks; /* block_count of them */
    size_t block_count;
    int64_t first_block; /* number of the block that blocks[0] is filled with */
    struct synth_totals totals;
};

static bool add(struct job *job, size_t file, struct text bytes, struct error *error)
{
    job->totals.bytes += (int64_t)bytes.length;
    return destination_add(job->destination, file, bytes, error);
}

static bool write_county_file(struct job *job, const struct synth_county_file *file, struct error *error)
{
    size_t number;
    if (!destination_begin(job->destination, file->name, &number, error))
        return false;
    struct buffer buffer = buffer_with_maximum(COUNTY_BUFFER_MAX);
    buffer_add_string(&buffer, file->header);
    bool written = true;
    for (size_t practice = 0; written && practice < job->county.practice_count; practice++) {
        file->add_rows(&job->county, practice, &buffer);
        if (buffer.length >= COUNTY_BUFFER_FLUSH) {
            written = add(job, number, buffer_text(&buffer), error);
            buffer_clear(&buffer);
        }
    }
    written = written && add(job, number, buffer_text(&buffer), error);
    buffer_release(&buffer);
    return written;
}

static void fill_block(void *context, size_t task, size_t worker)
{
    struct job *job = context;
    (void)worker;
    synth_block_fill(&job->blocks[task], &job->county, job->options->seed, job->first_block + (int64_t)task,
                     job->options->referral_count);
}

/* The files of rows, a batch of blocks at a time. */
static bool write_blocks(struct job *job, synth_progress *progress, void *context, struct error *error)
{
    int64_t total = job->options->referral_count;
    int64_t all_blocks = (total + SYNTH_BLOCK_ROWS - 1) / SYNTH_BLOCK_ROWS;
    size_t referrals, outcomes;
    if (!destination_begin(job->destination, "referrals.csv", &referrals, error) ||
        !destination_begin(job->destination, "outcomes.csv", &outcomes, error) ||
        !add(job, referrals, text_of(synth_referrals_header), error) ||
        !add(job, outcomes, text_of(synth_outcomes_header), error))
        return false;
    while (job->first_block < all_blocks) {
        int64_t left = all_blocks - job->first_block;
        size_t count = left < (int64_t)job->block_count ? (size_t)left : job->block_count;
        worker_run(job->options->worker_count, count, fill_block, job);
        for (size_t i = 0; i < count; i++) {
            const struct synth_block *block = &job->blocks[i];
            if (!add(job, referrals, buffer_text(&block->referrals), error) ||
                !add(job, outcomes, buffer_text(&block->outcomes), error))
                return false;
            job->totals.referrals += block->referral_count;
            job->totals.events += block->event_count;
        }
        job->first_block += (int64_t)count;
        if (progress != NULL)
            progress(context, job->totals.referrals, total);
    }
    return true;
}

static bool write_all(struct job *job, synth_progress *progress, void *context, struct error *error)
{
    for (size_t i = 0; i < SYNTH_COUNTY_FILE_COUNT; i++)
        if (!write_county_file(job, &synth_county_files[i], error))
            return false;
    return write_blocks(job, progress, context, error) && destination_publish(job->destination, error);
}

bool synth_export(const struct synth_options *options, synth_progress *progress, void *context,
                  struct synth_totals *totals, struct error *error)
{
    struct job job = {.options = options, .block_count = options->worker_count * BLOCKS_PER_WORKER};
    if (!synth_options_check(options, error) ||
        !destination_open(options->folder, options->replace, &job.destination, error))
        return false;
    synth_county_make(&job.county, options->seed, options->practice_count, options->quarter_count, options->as_of,
                      options->effect);
    job.blocks = memory_allocate_zeroed(job.block_count, sizeof *job.blocks);
    for (size_t i = 0; i < job.block_count; i++)
        job.blocks[i] = synth_block_new();
    bool written = write_all(&job, progress, context, error);
    if (written && totals != NULL)
        *totals = job.totals;
    for (size_t i = 0; i < job.block_count; i++)
        synth_block_release(&job.blocks[i]);
    memory_free(job.blocks);
    synth_county_release(&job.county);
    destination_close(job.destination);
    return written;
}
