#pragma once

#include <stddef.h>
#include <stdint.h>

/// Losses as sums over rows; each returns the sum times `scale` and adds its gradient to `slopes`,
/// unless that is null.

/// Σ weight log(1 + e^-x) for labels of 1 and Σ weight log(1 + e^x) for 0, mixed for labels
/// between; `weights` may be null for 1.
double covey_cross_entropy(
    float *slopes, const float *x, const float *labels, const float *weights, size_t count,
    float scale);

/// Σ weight (x - target)²; `weights` may be null for 1.
double covey_squared_error(
    float *slopes, const float *x, const float *targets, const float *weights, size_t count,
    float scale);

/// Σ_t (log Σ_j e^x_j - x_t) for each row over its targets, which are those of `targets` from
/// starts[i] to starts[i + 1]. Whatever was in `slopes` is overwritten.
double covey_softmax_cross_entropy(
    float *slopes, const float *x, size_t rows, size_t columns, const int32_t *starts,
    const int32_t *targets, float scale);

/// 1/2 Σ (e^v + m² - 1 - v): the divergence of normal distributions of means m and log variances v
/// from the standard one.
double covey_divergence(
    float *mean_slopes, float *variance_slopes, const float *means, const float *variances,
    size_t count, float scale);
