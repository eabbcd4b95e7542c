#pragma once
#include <stddef.h>
#include <stdint.h>

/// The unnormalised Walsh-Hadamard transform of `count` values in place; `count` is a power of two.
void covey_hadamard(float *values, size_t count);
/// values[i] *= scale, or -scale where bit i of `signs` (least significant first) is set.
void covey_scale_signed(float *values, const uint32_t *signs, float scale, size_t count);
/// rounded[i] = floor(scale * values[i]) + [random fraction below the fractional part], a coin per
/// coordinate from the top 24 bits of random[i]. Returns the sum of squares of the results.
int64_t covey_round_randomly(
    int32_t *rounded, const float *values, float scale, const uint32_t *random, size_t count);
