#pragma once
#include <stddef.h>
#include <stdint.h>

// Scans of item tables for the best inner products with a query.
//
// Items lie in blocks of 16, one block after the other, so that a scan is one sequential stream. A
// block is its dimensions in groups, then 16 scales (float; integer kinds only), then 16 biases
// (float; where the table has them). A group is
//   float:  1 dimension of 16 items, 4 bytes each
//   half:   1 dimension of 16 items, 2 bytes each; an even number of groups
//   int8:   4 dimensions of 16 items, [item][dimension], as value + 128
//   nibble: 8 dimensions of 16 items, [item][4 bytes], the first four in the low halves, the other
//           four in the high halves, as 0 to 15 for -7.5 to 7.5
// and the groups end on a multiple of 64 bytes. A table of 12 bits has blocks of nibbles and after
// them, for every item, a row of `residual_stride` bytes: 256 * nibble + residual is 0 to 4095, for
// -2047.5 to 2047.5 times 1/256 of the scale.

/// How a table keeps its numbers.
enum covey_scan_kind {
    COVEY_SCAN_FLOAT,
    COVEY_SCAN_HALF,
    COVEY_SCAN_INT8,
    COVEY_SCAN_INT4,
    COVEY_SCAN_INT12,
};

/// The instruction sets that scans have code for.
enum covey_scan_target {
    COVEY_SCAN_PORTABLE,
    COVEY_SCAN_AVX2,
    COVEY_SCAN_AVX512_VNNI,
    COVEY_SCAN_NEON_DOT,
};

/// A table and a query.
struct covey_scan {
    enum covey_scan_kind kind;
    /// The blocks, on a multiple of 64 bytes.
    const uint8_t *blocks;
    size_t block_bytes;
    size_t groups;
    /// The number of items; the last block may be partly used.
    size_t count;
    int has_biases;
    const uint8_t *residuals;
    size_t residual_stride;
    /// One bit for each item that may be found, padded to whole blocks; NULL for all.
    const uint16_t *allowed;
    /// The query, padded with zeros to whole groups and to 16.
    const float *query;
    /// Integer kinds: the query divided by `step` and rounded, within ±127, padded likewise. For
    /// bytes, of the four numbers at 2i, 2i+1, 2i+4 and 2i+5 from a multiple of 8 on (i = 0, 1), those
    /// above 0 add up to 128 at most, and those below it to -128 at least.
    const int8_t *rounded;
    /// What is added to the inner product with `rounded`, so that it is one of signed values.
    int32_t offset;
    float step;
    /// (step * product + upper) * scale is at least the score without its bias; with lower, at most.
    float upper, lower;
};

/// Items found, with bounds of their scores.
struct covey_candidates {
    float *upper;
    float *lower;
    int32_t *items;
    size_t count;
    size_t capacity;
};

/// Whether this processor can run a target, and this build has code for it.
int covey_scan_has(enum covey_scan_target target);
/// The fastest target here.
enum covey_scan_target covey_scan_best(void);

/// Appends the allowed items of the blocks from `block` to `end` whose upper bound is above
/// `threshold`, in order. Stops where fewer than 16 places are left; returns the next block.
size_t covey_scan_blocks(
    enum covey_scan_target target, const struct covey_scan *scan, size_t block, size_t end,
    float threshold, struct covey_candidates *found);

/// The `limit`-th largest of values, or -infinity where there are fewer.
float covey_scan_nth_largest(const float *values, size_t count, size_t limit);

/// The `limit`-th largest lower bound less `slack` times its magnitude, or -infinity where there
/// are fewer. Drops the candidates whose upper bound is below it.
float covey_scan_cut(struct covey_candidates *found, size_t limit, float slack);

/// Integer kinds: the scores of items, from the query as it is and the values as stored, added up
/// in one fixed order.
void covey_scan_rescore(
    const struct covey_scan *scan, const int32_t *items, float *scores, size_t count);

/// The values of an item as stored, `dimension` of them; of the table only, not the query.
void covey_scan_row(const struct covey_scan *scan, size_t item, float *row, size_t dimension);

/// Reads whole 256 bytes as fast as memory gives them, for what a scan cannot beat; their parity.
uint64_t covey_scan_read(const uint8_t *bytes, size_t count);
