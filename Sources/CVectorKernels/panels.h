#pragma once

#include "wide.h"

// Six rows of sixteen columns fill 12 of AVX2's 16 registers and 24 of NEON's 32; on AVX-512 six
// accumulators hide the latency of one 512-bit multiply-add a cycle.
enum { PANEL_ROWS = 6, PANEL_COLUMNS = LANES };

// c (`rows` ≤ 6, a constant where inlined, × `columns` ≤ 16) = or += a · b, the rows of `b` being
// `b_stride` apart and sixteen wide.
INLINED void multiply_rows(
    const size_t rows, size_t inner, const float *a, size_t a_row, size_t a_column, const float *b,
    size_t b_stride, float *c, size_t stride, size_t columns, int accumulate) {
    floats sums[PANEL_ROWS];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) sums[r] = (floats){0};
    for (size_t p = 0; p < inner; p++, b += b_stride) {
        const floats right = *(const floats *)b;
        const float *left = a + p * a_column;
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) sums[r] += left[r * a_row] * right;
    }
    if (columns == PANEL_COLUMNS) {
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) {
            floats *target = (floats *)(c + r * stride);
            *target = accumulate ? *target + sums[r] : sums[r];
        }
        return;
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
        // Kept apart from `sums`, which would leave its registers if it were indexed by lane.
        const floats sum = sums[r];
        float part[PANEL_COLUMNS];
        *(floats *)part = sum;
        for (size_t j = 0; j < columns; j++)
            c[r * stride + j] = accumulate ? c[r * stride + j] + part[j] : part[j];
    }
}

// The same for any number of rows up to six.
INLINED void multiply_panel(
    size_t rows, size_t inner, const float *a, size_t a_row, size_t a_column, const float *b,
    size_t b_stride, float *c, size_t stride, size_t columns, int accumulate) {
#define WITH(count)                                                                              \
    multiply_rows(                                                                               \
        count, inner, a, a_row, a_column, b, b_stride, c, stride, columns, accumulate)
    switch (rows) {
    case 6: WITH(6); break;
    case 5: WITH(5); break;
    case 4: WITH(4); break;
    case 3: WITH(3); break;
    case 2: WITH(2); break;
    case 1: WITH(1); break;
    }
#undef WITH
}

// Sixteen columns of `b` from `first` on, one row after the other, padded with zeros.
INLINED void pack_columns(
    float *target, const float *b, size_t row_stride, size_t column_stride, size_t inner,
    size_t columns) {
    if (column_stride == 1 && columns == PANEL_COLUMNS) {
        for (size_t p = 0; p < inner; p++, target += PANEL_COLUMNS, b += row_stride)
            *(floats *)target = *(const floats *)b;
        return;
    }
    for (size_t j = 0; j < PANEL_COLUMNS; j++)
        for (size_t p = 0; p < inner; p++)
            target[p * PANEL_COLUMNS + j] =
                j < columns ? b[p * row_stride + j * column_stride] : 0;
}
