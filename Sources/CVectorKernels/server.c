#include "server.h"

#include <string.h>

#include "wide.h"

INLINED void step(
    floats *parameters, floats *first, floats *second, const floats *sum, float scale, float rate,
    float beta1, float beta2, float epsilon) {
    floats change = scale * *sum;
    floats m = *first = beta1 * *first + (1 - beta1) * change;
    floats v = *second = beta2 * *second + (1 - beta2) * change * change;
    *parameters += rate * m / (__builtin_elementwise_sqrt(v) + epsilon);
}

COVEY_CLONES
void covey_server_adam(
    float *parameters, float *first, float *second, const float *sum, size_t count, float scale,
    float rate, float beta1, float beta2, float epsilon) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        step((floats *)(parameters + i), (floats *)(first + i), (floats *)(second + i),
            (const floats *)(sum + i), scale, rate, beta1, beta2, epsilon);
    if (i == count) return;
    const size_t bytes = (count - i) * sizeof(float);
    floats p = {0}, m = {0}, v = {0}, s = {0};
    memcpy(&p, parameters + i, bytes);
    memcpy(&m, first + i, bytes);
    memcpy(&v, second + i, bytes);
    memcpy(&s, sum + i, bytes);
    step(&p, &m, &v, &s, scale, rate, beta1, beta2, epsilon);
    memcpy(parameters + i, &p, bytes);
    memcpy(first + i, &m, bytes);
    memcpy(second + i, &v, bytes);
}

COVEY_CLONES
void covey_server_momentum(
    float *parameters, float *velocity, const float *sum, size_t count, float scale, float rate,
    float momentum) {
    for (size_t i = 0; i < count; i++) {
        velocity[i] = momentum * velocity[i] + scale * sum[i];
        parameters[i] += rate * velocity[i];
    }
}

COVEY_CLONES
void covey_server_yogi(
    float *parameters, float *first, float *second, const float *sum, size_t count, float scale,
    float rate, float beta1, float beta2, float epsilon) {
    for (size_t i = 0; i < count; i++) {
        const float change = scale * sum[i], square = change * change;
        const float m = first[i] = beta1 * first[i] + (1 - beta1) * change;
        const float sign = second[i] > square ? 1 : second[i] < square ? -1 : 0;
        const float v = second[i] -= (1 - beta2) * square * sign;
        parameters[i] += rate * m / (__builtin_sqrtf(v) + epsilon);
    }
}

COVEY_CLONES
void covey_server_adagrad(
    float *parameters, float *squares, const float *sum, size_t count, float scale, float rate,
    float epsilon) {
    for (size_t i = 0; i < count; i++) {
        const float change = scale * sum[i];
        squares[i] += change * change;
        parameters[i] += rate * change / (__builtin_sqrtf(squares[i]) + epsilon);
    }
}

COVEY_CLONES
void covey_server_ftrl(
    float *parameters, float *z, float *squares, const float *sum, size_t count, float scale,
    float rate, float beta, float l1, float l2) {
    for (size_t i = 0; i < count; i++) {
        const float gradient = -scale * sum[i], before = squares[i];
        const float after = squares[i] = before + gradient * gradient;
        const float sigma = (__builtin_sqrtf(after) - __builtin_sqrtf(before)) / rate;
        const float state = z[i] += gradient - sigma * parameters[i];
        const float size = __builtin_fabsf(state) - l1;
        const float shrunk = size > 0 ? (state > 0 ? -size : size) : 0;
        parameters[i] = shrunk / ((beta + __builtin_sqrtf(after)) / rate + l2);
    }
}
