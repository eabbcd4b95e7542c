#include "descent.h"

#include "wide.h"

COVEY_CLONES
void covey_descend(
    float *parameters, float *gradient, size_t count, float scale, float rate, float decay) {
    for (size_t i = 0; i < count; i++) {
        parameters[i] -= rate * (scale * gradient[i] + decay * parameters[i]);
        gradient[i] = 0;
    }
}

COVEY_CLONES
void covey_descend_with_momentum(
    float *parameters, float *gradient, float *velocity, size_t count, float scale, float rate,
    float momentum, float decay) {
    for (size_t i = 0; i < count; i++) {
        velocity[i] = momentum * velocity[i] + scale * gradient[i] + decay * parameters[i];
        parameters[i] -= rate * velocity[i];
        gradient[i] = 0;
    }
}

COVEY_CLONES
void covey_descend_with_moments(
    float *parameters, float *gradient, float *first, float *second, size_t count, float scale,
    float rate, float beta1, float beta2, float epsilon, float decay, float first_correction,
    float second_correction) {
    const float step = rate / first_correction;
    const float spread = 1 / __builtin_sqrtf(second_correction);
    for (size_t i = 0; i < count; i++) {
        const float slope = scale * gradient[i];
        const float m = first[i] = beta1 * first[i] + (1 - beta1) * slope;
        const float v = second[i] = beta2 * second[i] + (1 - beta2) * slope * slope;
        parameters[i] -= rate * decay * parameters[i]
            + step * m / (__builtin_sqrtf(v) * spread + epsilon);
        gradient[i] = 0;
    }
}

COVEY_CLONES
void covey_descend_adaptively(
    float *parameters, float *gradient, float *squares, size_t count, float scale, float rate,
    float epsilon) {
    for (size_t i = 0; i < count; i++) {
        const float slope = scale * gradient[i];
        squares[i] += slope * slope;
        parameters[i] -= rate * slope / (__builtin_sqrtf(squares[i]) + epsilon);
        gradient[i] = 0;
    }
}
