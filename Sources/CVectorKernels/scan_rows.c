#include "scan.h"
#include "targets.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

typedef float floats8 __attribute__((ext_vector_type(8), aligned(4)));
typedef uint8_t bytes8 __attribute__((ext_vector_type(8), aligned(1)));

INLINE const uint8_t *block_of(const struct covey_scan *scan, size_t item) {
    return scan->blocks + item / 16 * scan->block_bytes;
}

/// Eight values of an item, whose first bytes are at `bytes` and `residual`, in units of its scale.
INLINE void eight(
    enum covey_scan_kind kind, const uint8_t *bytes, const uint8_t *residual, floats8 *result) {
    uint32_t first, second;
    memcpy(&first, bytes, sizeof first);
    if (kind == COVEY_SCAN_INT8) {
        memcpy(&second, bytes + 64, sizeof second);
    } else {
        second = first >> 4 & 0x0f0f0f0f;
        first &= 0x0f0f0f0f;
    }
    const uint64_t joined = (uint64_t)second << 32 | first;
    bytes8 values, low;
    memcpy(&values, &joined, sizeof values);
    *result = __builtin_convertvector(values, floats8);
    if (kind == COVEY_SCAN_INT8) *result -= 128;
    if (kind == COVEY_SCAN_INT4) *result -= 7.5f;
    if (kind != COVEY_SCAN_INT12) return;
    memcpy(&low, residual, sizeof low);
    // Of 12 bits in 24: exact.
    *result = (*result * 256 + __builtin_convertvector(low, floats8) - 2047.5f) * 0x1p-8f;
}

INLINE float scale_of(const struct covey_scan *scan, size_t item) {
    return ((const float *)(block_of(scan, item) + 64 * scan->groups))[item % 16];
}

INLINE float score(const struct covey_scan *scan, enum covey_scan_kind kind, size_t item) {
    const size_t step = kind == COVEY_SCAN_INT8 ? 128 : 64;
    const uint8_t *bytes = block_of(scan, item) + item % 16 * 4;
    const uint8_t *residual = scan->residuals + item * scan->residual_stride;
    size_t left = scan->groups;
    if (kind == COVEY_SCAN_INT8) left /= 2;
    const float *query = scan->query;
    // Two sums of eight, so that additions do not wait for one another.
    floats8 even = 0, odd = 0, values;
    for (; left >= 2; left -= 2, query += 16, bytes += 2 * step, residual += 16) {
        eight(kind, bytes, residual, &values);
        even += *(const floats8 *)query * values;
        eight(kind, bytes + step, residual + 8, &values);
        odd += *(const floats8 *)(query + 8) * values;
    }
    if (left > 0) {
        eight(kind, bytes, residual, &values);
        even += *(const floats8 *)query * values;
        query += 8, bytes += step;
    }
    even += odd;
    if (kind == COVEY_SCAN_INT8 && scan->groups % 2 == 1)
        for (size_t i = 0; i < 4; i++) even[i] += query[i] * ((float)bytes[i] - 128);
    floats8 s = even;
    float sum = ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
    sum *= scale_of(scan, item);
    if (scan->has_biases)
        sum += ((const float *)(block_of(scan, item) + 64 * scan->groups + 64))[item % 16];
    return sum;
}

INLINE void prefetch(const struct covey_scan *scan, enum covey_scan_kind kind, size_t item) {
    const uint8_t *block = block_of(scan, item);
    // One line of each group, and those after them of the scales and biases.
    const size_t lines = scan->groups + (scan->has_biases ? 2 : 1);
    block += item % 16 * 4;
    _Pragma("clang loop unroll_count(8)") for (size_t line = 0; line < lines; line++)
        __builtin_prefetch(block + 64 * line);
    if (kind == COVEY_SCAN_INT12)
        for (size_t i = 0; i < scan->residual_stride; i += 64)
            __builtin_prefetch(scan->residuals + item * scan->residual_stride + i);
}

INLINE void rescore(
    const struct covey_scan *scan, enum covey_scan_kind kind, const int32_t *items, float *scores,
    size_t count) {
    // Rows lie far apart: a few are on their way from memory while one is added up. Those of a small
    // table are in a near cache already.
    const size_t ahead = scan->count < 1 << 15 ? count : 4;
    for (size_t i = 0; ahead < count && i < ahead; i++) prefetch(scan, kind, (size_t)items[i]);
    for (size_t i = 0; i < count; i++) {
        if (i + ahead < count) prefetch(scan, kind, (size_t)items[i + ahead]);
        scores[i] = score(scan, kind, (size_t)items[i]);
    }
}

COVEY_CLONES
void covey_scan_rescore(
    const struct covey_scan *scan, const int32_t *items, float *scores, size_t count) {
    switch (scan->kind) {
    case COVEY_SCAN_FLOAT:
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
    if (scan->kind == COVEY_SCAN_FLOAT) {
        const float *values = (const float *)block_of(scan, item) + item % 16;
        for (size_t d = 0; d < dimension; d++) row[d] = values[16 * d];
        return;
    }
    if (scan->kind == COVEY_SCAN_HALF) {
        const uint16_t *halves = (const uint16_t *)block_of(scan, item) + item % 16;
        for (size_t d = 0; d < dimension; d++) row[d] = from_half(halves[16 * d]);
        return;
    }
    const float scale = scale_of(scan, item);
    const uint8_t *bytes = block_of(scan, item) + item % 16 * 4;
    const uint8_t *residual = scan->residuals + item * scan->residual_stride;
    for (size_t d = 0; d < dimension; d++) {
        float value;
        if (scan->kind == COVEY_SCAN_INT8) {
            value = (float)bytes[d / 4 * 64 + d % 4] - 128;
        } else {
            const int nibble = bytes[d / 8 * 64 + d % 4] >> (d % 8 < 4 ? 0 : 4) & 15;
            value = (float)nibble - 7.5f;
            if (scan->kind == COVEY_SCAN_INT12)
                value = ((float)(256 * nibble + residual[d]) - 2047.5f) * 0x1p-8f;
        }
        row[d] = value * scale;
    }
}
