#pragma once
#include <stddef.h>
#include <stdint.h>

/// result[r] = sum of weights[i] * dense[columns[i]] for i in starts[r] ..< starts[r + 1]; rows of
/// `dense` and `result` have `width` values.
void covey_sparse_times_dense(
    float *result, const int32_t *starts, const int32_t *columns, const float *weights,
    size_t rows, const float *dense, size_t width);
