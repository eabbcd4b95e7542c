#include "losses.h"

#include <math.h>

#include "wide.h"

double covey_cross_entropy(
    float *slopes, const float *x, const float *labels, const float *weights, size_t count,
    float scale) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const float weight = weights ? weights[i] : 1;
        const float e = expf(-fabsf(x[i]));
        const float share = x[i] >= 0 ? 1 / (1 + e) : e / (1 + e);
        sum += weight * (log1pf(e) + (x[i] > 0 ? x[i] : 0) - labels[i] * x[i]);
        if (slopes) slopes[i] += weight * scale * (share - labels[i]);
    }
    return sum * scale;
}

double covey_squared_error(
    float *slopes, const float *x, const float *targets, const float *weights, size_t count,
    float scale) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const float weight = weights ? weights[i] : 1, error = x[i] - targets[i];
        sum += weight * error * error;
        if (slopes) slopes[i] += 2 * weight * scale * error;
    }
    return sum * scale;
}

COVEY_CLONES
double covey_softmax_cross_entropy(
    float *slopes, const float *x, size_t rows, size_t columns, const int32_t *starts,
    const int32_t *targets, float scale) {
    double sum = 0;
    for (size_t i = 0; i < rows; i++, x += columns) {
        const int32_t first = starts[i], end = starts[i + 1];
        float peak = -INFINITY;
        for (size_t j = 0; j < columns; j++) peak = x[j] > peak ? x[j] : peak;
        floats sums = {0};
        size_t j = 0;
        for (; j + LANES <= columns; j += LANES) {
            floats value = *(const floats *)(x + j) - peak;
            exponentiate(&value);
            sums += value;
            if (slopes) *(floats *)(slopes + j) = value;
        }
        float mass = total(&sums);
        for (; j < columns; j++) {
            const float value = expf(x[j] - peak);
            mass += value;
            if (slopes) slopes[j] = value;
        }
        const double level = log((double)mass) + (double)peak;
        for (int32_t t = first; t < end; t++) sum += level - (double)x[targets[t]];
        if (!slopes) continue;
        const float factor = (float)(end - first) * scale / mass;
        for (j = 0; j < columns; j++) slopes[j] *= factor;
        for (int32_t t = first; t < end; t++) slopes[targets[t]] -= scale;
        slopes += columns;
    }
    return sum * scale;
}

double covey_divergence(
    float *mean_slopes, float *variance_slopes, const float *means, const float *variances,
    size_t count, float scale) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const float e = expf(variances[i]);
        sum += 0.5f * (e + means[i] * means[i] - 1 - variances[i]);
        if (!mean_slopes) continue;
        mean_slopes[i] += scale * means[i];
        variance_slopes[i] += scale * 0.5f * (e - 1);
    }
    return sum * scale;
}
