/* Seeded random numbers: the same digits on every machine (xoshiro256**, seeded by splitmix64; Blackman and
 * Vigna 2018). Not for secrets. A stream is a value: copy it to fork it, give each task one of its own.
 */
#ifndef REFERLENS_BASE_RANDOM_H
#define REFERLENS_BASE_RANDOM_H

#include <stdint.h>

struct random_stream {
    uint64_t state[4];
};

/* The stream number `stream` of a seed; streams of one seed are unrelated to one another. */
struct random_stream random_seed(uint64_t seed, uint64_t stream);

/* 64 random bits. */
uint64_t random_bits(struct random_stream *random);

/* Uniform in [0, 1), 53 bits. */
double random_uniform(struct random_stream *random);

/* Uniform among 0 … bound − 1, without bias; `bound` is at least 1. */
uint64_t random_below(struct random_stream *random, uint64_t bound);

/* Standard normal (polar method); exponential with mean 1; Poisson with the given mean ≥ 0. */
double random_normal(struct random_stream *random);
double random_exponential(struct random_stream *random);
uint64_t random_poisson(struct random_stream *random, double mean);

#endif
