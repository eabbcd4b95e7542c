#pragma once

#include <stddef.h>
#include <stdint.h>

/// A gated recurrent unit (Cho et al., EMNLP 2014, with the reset gate after the product, as in
/// cuDNN) over runs of rows: with i = x W + b given and h' = h U + c,
///
///     r = σ(i_r + h'_r)   z = σ(i_z + h'_z)   n = tanh(i_n + r h'_n)   h := (1 - z) n + z h
struct covey_recurrence {
    /// Run s has the rows from starts[s] to starts[s + 1], none of them empty.
    const int32_t *starts;
    size_t runs;
    /// The number of hidden units, H.
    size_t width;
};

/// The number of floats of scratch that both directions need.
size_t covey_recurrence_workspace(const struct covey_recurrence *recurrence);

/// The hidden states `h` (rows × H), from `inputs` (rows × 3H), U (H × 3H) and c (3H). `gates` takes
/// r, z, n and h'_n of each row (rows × 4H).
void covey_recur(
    const struct covey_recurrence *recurrence, float *h, float *gates, const float *inputs,
    const float *u, const float *c, float *workspace);

/// The gradients of `covey_recur`; `d_h` is used up.
void covey_recur_backward(
    const struct covey_recurrence *recurrence, float *d_inputs, float *d_u, float *d_c, float *d_h,
    const float *h, const float *gates, const float *u, float *workspace);
