#pragma once
#include <stddef.h>
#include <stdint.h>

/// sum[i] += scale * values[i], rounded to the nearest integer; |scale * values[i]| is below 2^51.
void covey_accumulate_fixed(int64_t *sum, const float *values, double scale, size_t count);
