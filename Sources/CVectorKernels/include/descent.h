#pragma once

#include <stddef.h>

/// Steps of optimisers: `parameters` move against `gradient`, whose elements were multiplied by
/// `scale` beforehand, and the gradient is cleared.

/// p -= rate (g + decay p).
void covey_descend(
    float *parameters, float *gradient, size_t count, float scale, float rate, float decay);

/// v = momentum v + g + decay p; p -= rate v.
void covey_descend_with_momentum(
    float *parameters, float *gradient, float *velocity, size_t count, float scale, float rate,
    float momentum, float decay);

/// Adam (Kingma and Ba, ICLR 2015, algorithm 1) with decoupled decay: p -= rate decay p +
/// rate m / corrections / (sqrt(v / correction) + epsilon).
void covey_descend_with_moments(
    float *parameters, float *gradient, float *first, float *second, size_t count, float scale,
    float rate, float beta1, float beta2, float epsilon, float decay, float first_correction,
    float second_correction);

/// Adagrad (Duchi et al., JMLR 2011): s += g²; p -= rate g / (sqrt(s) + epsilon).
void covey_descend_adaptively(
    float *parameters, float *gradient, float *squares, size_t count, float scale, float rate,
    float epsilon);
