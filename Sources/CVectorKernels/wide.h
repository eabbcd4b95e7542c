#pragma once

#include <stddef.h>
#include <stdint.h>

#include "targets.h"

#define INLINED static inline __attribute__((always_inline))

// Sixteen floats: one register of AVX-512, two of AVX2, four of NEON and SSE.
typedef float floats __attribute__((vector_size(64), aligned(4)));
typedef int32_t integers __attribute__((vector_size(64), aligned(4)));

// Half of them.
typedef float eight __attribute__((vector_size(32), aligned(4)));

enum { LANES = 16 };

// How many rows before they are needed rows of a matrix are asked for: they lie anywhere, which the
// processor cannot foresee.
enum { ROWS_AHEAD = 4 };

// Asks for a row of `width` numbers of four bytes.
INLINED void fetch(const void *row, size_t width) {
    for (size_t byte = 0; byte < 4 * width; byte += 64) __builtin_prefetch((const char *)row + byte);
}

INLINED size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

// Wide vectors are passed by pointer throughout, so that none crosses a call's boundary.

// x := e^x, relative error under 2e-7, for arguments clamped to ±87. Cody and Waite's reduction by
// ln 2, then Taylor's series to degree 7.
INLINED void exponentiate(floats *values) {
    floats x = *values;
    integers low = x < -87.0f, high = x > 87.0f;
    floats least = {0}, most = {0};
    least -= 87.0f, most += 87.0f;
    x = (floats)(((integers)x & ~(low | high)) | ((integers)least & low) | ((integers)most & high));
    // Adding 1.5 × 2^23 rounds to the nearest integer, left in the low bits.
    floats shifted = x * 1.44269504f + 12582912.0f;
    integers power = ((integers)shifted - 0x4B400000 + 127) << 23;
    floats whole = shifted - 12582912.0f;
    floats r = x - whole * 0.693359375f + whole * 2.12194440e-4f;
    floats p = r * (1.0f / 5040) + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    *values = p * (floats)power;
}

INLINED float total_of_eight(const eight *sums) {
    const eight a = *sums;
    typedef float four __attribute__((vector_size(16)));
    four b = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
    return (b[0] + b[2]) + (b[1] + b[3]);
}

INLINED float total(const floats *sums) {
    const floats s = *sums;
    eight a = __builtin_shufflevector(s, s, 0, 1, 2, 3, 4, 5, 6, 7)
        + __builtin_shufflevector(s, s, 8, 9, 10, 11, 12, 13, 14, 15);
    return total_of_eight(&a);
}

INLINED float largest(const floats *values) {
    float most = (*values)[0];
    for (int i = 1; i < LANES; i++) most = (*values)[i] > most ? (*values)[i] : most;
    return most;
}

INLINED float dot(const float *x, const float *y, size_t count) {
    floats sums = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        sums += *(const floats *)(x + i) * *(const floats *)(y + i);
    float rest = 0;
    for (; i < count; i++) rest += x[i] * y[i];
    return total(&sums) + rest;
}

// y += alpha x.
INLINED void add_scaled(float *y, const float *x, float alpha, size_t count) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        *(floats *)(y + i) += alpha * *(const floats *)(x + i);
    for (; i < count; i++) y[i] += alpha * x[i];
}

// sum += x * factor, rounded, where that is under 2^22 in magnitude: adding 1.5 * 2^23 leaves the rounded
// integer in the low bits of the mantissa.
INLINED void add_rounded(int32_t *sum, const floats *x, float factor) {
    floats shifted = *x * factor + 0x1.8p23f;
    *(integers *)sum += (integers)shifted - 0x4B400000;
}
