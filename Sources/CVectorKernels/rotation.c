#include "rotation.h"
#include "targets.h"
#include <string.h>

typedef float vector16 __attribute__((ext_vector_type(16), aligned(4)));

// The transform within 16 lanes: butterflies at distance 1, 2, 4 and 8.
static inline __attribute__((always_inline)) void butterflies16(float *lanes) {
    vector16 x = *(vector16 *)lanes;
    const vector16 sign1 = {1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1};
    const vector16 sign2 = {1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1};
    const vector16 sign4 = {1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1, -1};
    const vector16 sign8 = {1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1};
    x = x * sign1
        + __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
    x = x * sign2
        + __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
    x = x * sign4
        + __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
    x = x * sign8
        + __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
    *(vector16 *)lanes = x;
}

static inline __attribute__((always_inline)) void butterflies(float *low, float *high, size_t n) {
    for (size_t i = 0; i < n; i += 16) {
        vector16 a = *(vector16 *)(low + i), b = *(vector16 *)(high + i);
        *(vector16 *)(low + i) = a + b;
        *(vector16 *)(high + i) = a - b;
    }
}

// Two stages in one pass over four quarters, half the memory traffic of one at a time.
static inline __attribute__((always_inline)) void doubleButterflies(float *x, size_t n) {
    for (size_t i = 0; i < n; i += 16) {
        vector16 a = *(vector16 *)(x + i), b = *(vector16 *)(x + n + i);
        vector16 c = *(vector16 *)(x + 2 * n + i), d = *(vector16 *)(x + 3 * n + i);
        vector16 ab = a + b, cd = c + d, a_b = a - b, c_d = c - d;
        *(vector16 *)(x + i) = ab + cd;
        *(vector16 *)(x + n + i) = a_b + c_d;
        *(vector16 *)(x + 2 * n + i) = ab - cd;
        *(vector16 *)(x + 3 * n + i) = a_b - c_d;
    }
}

// Stages of distance `from` up to count / 2 over one contiguous block.
static inline __attribute__((always_inline)) void stages(float *x, size_t count, size_t from) {
    size_t n = from;
    for (; 4 * n <= count; n *= 4)
        for (size_t start = 0; start < count; start += 4 * n) doubleButterflies(x + start, n);
    for (; 2 * n <= count; n *= 2)
        for (size_t start = 0; start < count; start += 2 * n)
            butterflies(x + start, x + start + n, n);
}

COVEY_CLONES
void covey_hadamard(float *values, size_t count) {
    if (count < 16) {
        for (size_t n = 1; n < count; n *= 2)
            for (size_t start = 0; start < count; start += 2 * n)
                for (size_t i = start; i < start + n; i++) {
                    float a = values[i], b = values[i + n];
                    values[i] = a + b;
                    values[i + n] = a - b;
                }
        return;
    }
    // Blocks of 16 KiB stay in the first-level cache for their twelve stages.
    const size_t block = count < 4096 ? count : 4096;
    for (size_t start = 0; start < count; start += block) {
        float *x = values + start;
        for (size_t i = 0; i < block; i += 16) butterflies16(x + i);
        stages(x, block, 16);
    }
    stages(values, count, block);
}

COVEY_CLONES
void covey_scale_signed(
    float *restrict values, const uint32_t *restrict signs, float scale, size_t count
) {
    uint32_t positive;
    memcpy(&positive, &scale, sizeof positive);
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = positive ^ ((signs[i / 32] >> (i % 32)) & 1) << 31;
        float factor;
        memcpy(&factor, &bits, sizeof factor);
        values[i] *= factor;
    }
}

COVEY_CLONES
int64_t covey_round_randomly(
    int32_t *restrict rounded, const float *restrict values, float scale,
    const uint32_t *restrict random, size_t count
) {
    int64_t squares = 0;
    for (size_t i = 0; i < count; i++) {
        float scaled = values[i] * scale;
        float low = __builtin_floorf(scaled);
        float coin = (float)(int32_t)(random[i] >> 8) * 0x1p-24f;
        int32_t result = (int32_t)low + (coin < scaled - low);
        rounded[i] = result;
        squares += (int64_t)result * result;
    }
    return squares;
}
