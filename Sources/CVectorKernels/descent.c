#include "descent.h"

#include <string.h>

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

// One vector of Adam: written out, as the compiler does not vectorise a loop with a root in it.
INLINED void move_by_moments(
    floats *p, floats *g, floats *first, floats *second, float scale, float step, float shrink,
    float beta1, float beta2, float spread, float epsilon) {
    const floats slope = scale * *g;
    const floats m = *first = beta1 * *first + (1 - beta1) * slope;
    const floats v = *second = beta2 * *second + (1 - beta2) * slope * slope;
    *p -= shrink * *p + step * m / (__builtin_elementwise_sqrt(v) * spread + epsilon);
    *g = (floats){0};
}

COVEY_CLONES
void covey_descend_with_moments(
    float *parameters, float *gradient, float *first, float *second, size_t count, float scale,
    float rate, float beta1, float beta2, float epsilon, float decay, float first_correction,
    float second_correction) {
    const float step = rate / first_correction, shrink = rate * decay;
    const float spread = 1 / __builtin_sqrtf(second_correction);
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        move_by_moments(
            (floats *)(parameters + i), (floats *)(gradient + i), (floats *)(first + i),
            (floats *)(second + i), scale, step, shrink, beta1, beta2, spread, epsilon);
    if (i == count) return;
    const size_t rest = (count - i) * sizeof(float);
    floats p = {0}, g = {0}, m = {0}, v = {0};
    memcpy(&p, parameters + i, rest);
    memcpy(&g, gradient + i, rest);
    memcpy(&m, first + i, rest);
    memcpy(&v, second + i, rest);
    move_by_moments(&p, &g, &m, &v, scale, step, shrink, beta1, beta2, spread, epsilon);
    memcpy(parameters + i, &p, rest);
    memcpy(gradient + i, &g, rest);
    memcpy(first + i, &m, rest);
    memcpy(second + i, &v, rest);
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
