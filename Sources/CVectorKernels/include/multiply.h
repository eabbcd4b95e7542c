#pragma once

#include <stddef.h>

/// A matrix in memory: the element (i, j) is `values[i * row_stride + j * column_stride]`.
struct covey_matrix {
    const float *values;
    size_t row_stride, column_stride;
};

/// The number of floats of scratch that `covey_multiply` needs.
size_t covey_multiply_workspace(void);

/// c = a · b, or c += a · b, for factors small enough that `a` stays in a nearby cache: only `b` is
/// packed, sixteen columns at a time. `a` is rows × inner, `b` inner × columns; rows of `c` are
/// `stride` apart.
void covey_multiply(
    size_t rows, size_t inner, size_t columns, struct covey_matrix a, struct covey_matrix b,
    float *c, size_t stride, int accumulate, float *workspace);
