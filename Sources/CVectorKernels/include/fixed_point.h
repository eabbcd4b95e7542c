#pragma once
#include <stddef.h>
#include <stdint.h>

/// sum[i] += scale * values[i], rounded to the nearest integer; |scale * values[i]| is below 2^51.
void covey_accumulate_fixed(int64_t *sum, const float *values, double scale, size_t count);

/// Adds factor * values, rounded to the nearest integers, to the rows of `sum` of the given numbers,
/// `width` values each; |factor * values[i]| is below 2^22.
void covey_accumulate_rows(
    int32_t *sum, const int32_t *rows, size_t count, size_t width, const float *values,
    float factor);

/// sum[i] += recent[i] << shift, and recent[i] = 0.
void covey_take_recent(int64_t *sum, int32_t *recent, int shift, size_t count);
