#include "scan.h"
#include "targets.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

typedef float floats4 __attribute__((ext_vector_type(4), aligned(4)));
typedef uint8_t bytes4 __attribute__((ext_vector_type(4), aligned(1)));

INLINE const uint8_t *block_of(const struct covey_scan *scan, size_t item) {
    return scan->blocks + item / 16 * scan->block_bytes;
}

/// Four values of an item from dimension 4 * `quad` on, in units of its scale.
INLINE floats4 four(
    const struct covey_scan *scan, enum covey_scan_kind kind, size_t item, size_t quad) {
    const uint8_t *bytes = block_of(scan, item) + item % 16 * 4;
    if (kind == COVEY_SCAN_INT8)
        return __builtin_convertvector(*(const bytes4 *)(bytes + 64 * quad), floats4) - 128;
    bytes4 pairs = *(const bytes4 *)(bytes + 64 * (quad / 2));
    floats4 nibbles = __builtin_convertvector(quad % 2 ? pairs >> 4 : pairs & 15, floats4);
    if (kind == COVEY_SCAN_INT4) return nibbles - 7.5f;
    const uint8_t *residual = scan->residuals + item * scan->residual_stride + 4 * quad;
    floats4 low = __builtin_convertvector(*(const bytes4 *)residual, floats4);
    // Of 12 bits in 24: exact.
    return (nibbles * 256 + low - 2047.5f) * 0x1p-8f;
}

INLINE size_t quads_of(const struct covey_scan *scan) {
    return scan->kind == COVEY_SCAN_INT8 ? scan->groups : 2 * scan->groups;
}

INLINE float scale_of(const struct covey_scan *scan, size_t item) {
    return ((const float *)(block_of(scan, item) + 64 * scan->groups))[item % 16];
}

INLINE float score(const struct covey_scan *scan, enum covey_scan_kind kind, size_t item) {
    const size_t quads = quads_of(scan);
    // Four sums of four, so that additions do not wait for one another.
    floats4 sums[4] = {0, 0, 0, 0};
    size_t quad = 0;
    for (; quad + 4 <= quads; quad += 4)
        for (size_t i = 0; i < 4; i++)
            sums[i] += *(const floats4 *)(scan->query + 4 * (quad + i))
                * four(scan, kind, item, quad + i);
    for (size_t i = 0; quad + i < quads; i++)
        sums[i] += *(const floats4 *)(scan->query + 4 * (quad + i))
            * four(scan, kind, item, quad + i);
    floats4 sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    float result = ((sum[0] + sum[1]) + (sum[2] + sum[3])) * scale_of(scan, item);
    if (scan->has_biases)
        result += ((const float *)(block_of(scan, item) + 64 * scan->groups + 64))[item % 16];
    return result;
}

INLINE void prefetch(const struct covey_scan *scan, enum covey_scan_kind kind, size_t item) {
    const uint8_t *block = block_of(scan, item);
    // One line of each group, and those after them of the scales and biases.
    for (size_t group = 0; group <= scan->groups + (size_t)(scan->has_biases != 0); group++)
        __builtin_prefetch(block + 64 * group + item % 16 * 4);
    if (kind == COVEY_SCAN_INT12)
        for (size_t i = 0; i < scan->residual_stride; i += 64)
            __builtin_prefetch(scan->residuals + item * scan->residual_stride + i);
}

INLINE void rescore(
    const struct covey_scan *scan, enum covey_scan_kind kind, const int32_t *items, float *scores,
    size_t count) {
    // Rows lie far apart: a few are on their way from memory while one is added up.
    enum { AHEAD = 4 };
    for (size_t i = 0; i < AHEAD && i < count; i++) prefetch(scan, kind, (size_t)items[i]);
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count) prefetch(scan, kind, (size_t)items[i + AHEAD]);
        scores[i] = score(scan, kind, (size_t)items[i]);
    }
}

COVEY_CLONES
void covey_scan_rescore(
    const struct covey_scan *scan, const int32_t *items, float *scores, size_t count) {
    switch (scan->kind) {
    case COVEY_SCAN_HALF: break;
    case COVEY_SCAN_INT8: rescore(scan, COVEY_SCAN_INT8, items, scores, count); break;
    case COVEY_SCAN_INT4: rescore(scan, COVEY_SCAN_INT4, items, scores, count); break;
    case COVEY_SCAN_INT12: rescore(scan, COVEY_SCAN_INT12, items, scores, count); break;
    }
}

INLINE float from_half(uint16_t half) {
    uint32_t bits = (uint32_t)(half & 0x7fff) << 13;
    float value;
    memcpy(&value, &bits, sizeof value);
    value *= 0x1p112f;
    return half & 0x8000 ? -value : value;
}

void covey_scan_row(const struct covey_scan *scan, size_t item, float *row, size_t dimension) {
    if (scan->kind == COVEY_SCAN_HALF) {
        const uint16_t *halves = (const uint16_t *)block_of(scan, item) + item % 16;
        for (size_t d = 0; d < dimension; d++) row[d] = from_half(halves[16 * d]);
        return;
    }
    const float scale = scale_of(scan, item);
    for (size_t d = 0; d < dimension; d++) row[d] = four(scan, scan->kind, item, d / 4)[d % 4] * scale;
}
