/* Sixteen bytes looked at together: which of them are one wanted byte, and which are spaces or control characters.
 *
 * With SSE2 where the compiler has it (every x86-64), otherwise eight bytes at a time in plain integers; a test holds
 * the two to each other.
 */
#ifndef REFERLENS_BASE_BYTE_BLOCK_H
#define REFERLENS_BASE_BYTE_BLOCK_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BYTE_BLOCK_SIZE = 16 };

/* Bit n stands for byte n of the block. */
struct byte_block {
    uint32_t wanted;
    uint32_t low; /* at most a space, 0x20 */
};

/* The top bits of eight bytes, as eight bits in the order of the bytes in memory. */
static inline uint32_t byte_block_gather(uint64_t tops)
{
    return (uint32_t)((tops >> 7) * UINT64_C(0x0102040810204080) >> 56);
}

static inline struct byte_block byte_block_look_portable(const char *bytes, char wanted)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    const uint64_t pattern = (unsigned char)wanted * ones, above_space = (0x7f - 0x20) * ones;
    struct byte_block found = {0, 0};
    for (unsigned half = 0; half < 2; half++) {
        uint64_t word;
        memcpy(&word, bytes + half * sizeof word, sizeof word);
        word = le64toh(word);
        const uint64_t differing = word ^ pattern;
        /* A sum of seven bits and at most 0x7f stays within its byte. */
        const uint64_t equal = ~(((differing & ~tops) + ~tops) | differing) & tops;
        const uint64_t low = ~(((word & ~tops) + above_space) | word) & tops;
        found.wanted |= byte_block_gather(equal) << (half * 8);
        found.low |= byte_block_gather(low) << (half * 8);
    }
    return found;
}

static inline struct byte_block byte_block_look(const char *bytes, char wanted)
{
#ifdef __SSE2__
    __m128i block;
    memcpy(&block, bytes, sizeof block);
    const __m128i equal = _mm_cmpeq_epi8(block, _mm_set1_epi8(wanted));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(' ')), block);
    return (struct byte_block){(uint32_t)_mm_movemask_epi8(equal), (uint32_t)_mm_movemask_epi8(low)};
#else
    return byte_block_look_portable(bytes, wanted);
#endif
}

#endif
