#pragma once

#include <stddef.h>
#include <stdint.h>

/// Scaled dot-product attention (Vaswani et al., "Attention is all you need", NIPS 2017, equation 1)
/// within runs of rows, several heads side by side in the columns.
struct covey_attention {
    /// Run s has the rows from starts[s] to starts[s + 1].
    const int32_t *starts;
    size_t runs;
    /// The number of heads, and of columns of each.
    size_t heads, width;
    /// Whether a row attends to itself and earlier rows only.
    int causal;
    /// Weights are dropped with probability `rate`, by a seed.
    float rate;
    uint32_t seed;
    /// The distances of the rows of queries, keys and values, and of the result.
    size_t query_stride, key_stride, value_stride, stride;
};

/// The number of floats of `weights`: for each run and head a square of its rows, padded.
size_t covey_attention_weights(const struct covey_attention *attention);

/// The number of floats of scratch that both directions need.
size_t covey_attention_workspace(const struct covey_attention *attention);

/// y = softmax(q kᵀ / sqrt(width)) v; `weights` takes the softmax.
void covey_attend(
    const struct covey_attention *attention, float *y, float *weights, const float *q,
    const float *k, const float *v, float *workspace);

/// The gradients of `covey_attend`; `weights` is used up.
void covey_attend_backward(
    const struct covey_attention *attention, float *d_q, float *d_k, float *d_v, const float *d_y,
    float *weights, const float *q, const float *k, const float *v, float *workspace);
