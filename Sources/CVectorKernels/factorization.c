#include "factorization.h"

#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPATCHED
#endif
#define INLINED static inline __attribute__((always_inline))

typedef float floats __attribute__((vector_size(64), aligned(4)));
typedef int32_t integers __attribute__((vector_size(64), aligned(4)));

enum { LANES = 16, MOST_VECTORS = COVEY_MOST_DIMENSIONS / LANES };

INLINED size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

// In place, so that no vector crosses a call's boundary: x := e^x, relative error under 2e-7, for
// arguments clamped to ±87. Cody and Waite's reduction by ln 2, then Taylor's series to degree 7.
INLINED void exponentiate(floats *values) {
    floats x = *values;
    integers low = x < -87.0f, high = x > 87.0f;
    floats least = {0}, most = {0};
    least -= 87.0f, most += 87.0f;
    x = (floats)(((integers)x & ~(low | high)) | ((integers)least & low) | ((integers)most & high));
    // Adding 1.5 × 2^23 rounds to the nearest integer, left in the low bits.
    floats shifted = x * 1.44269504f + 12582912.0f;
    integers power = ((integers)shifted - 0x4B400000 + 127) << 23;
    floats whole = shifted - 12582912.0f;
    floats r = x - whole * 0.693359375f + whole * 2.12194440e-4f;
    floats p = r * (1.0f / 5040) + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    *values = p * (floats)power;
}

INLINED float total(const floats *sums) {
    const floats s = *sums;
    typedef float eight __attribute__((vector_size(32)));
    typedef float four __attribute__((vector_size(16)));
    eight a = __builtin_shufflevector(s, s, 0, 1, 2, 3, 4, 5, 6, 7)
        + __builtin_shufflevector(s, s, 8, 9, 10, 11, 12, 13, 14, 15);
    four b = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
    return (b[0] + b[2]) + (b[1] + b[3]);
}

void covey_gather_rows(
    float *target, size_t stride, const float *source, size_t width, const int32_t *numbers,
    size_t count) {
    for (size_t i = 0; i < count; i++, target += stride) {
        memcpy(target, source + (size_t)numbers[i] * width, width * sizeof(float));
        memset(target + width, 0, (stride - width) * sizeof(float));
    }
}

DISPATCHED
double covey_row_changes(
    float *target, const float *gathered, size_t stride, const float *source, size_t width,
    const int32_t *numbers, size_t count) {
    double squares = 0;
    for (size_t i = 0; i < count; i++, gathered += stride, target += width) {
        const float *from = source + (size_t)numbers[i] * width;
        floats sums = {0};
        size_t j = 0;
        for (; j + LANES <= width; j += LANES) {
            floats change = *(const floats *)(gathered + j) - *(const floats *)(from + j);
            *(floats *)(target + j) = change;
            sums += change * change;
        }
        float rest = 0;
        for (; j < width; j++) {
            target[j] = gathered[j] - from[j];
            rest += target[j] * target[j];
        }
        squares += total(&sums) + rest;
    }
    return squares;
}

// Loss derivatives by score for up to sixteen examples; `scores` and the result have one vector for
// each candidate.
INLINED void differentiate(floats *scores, size_t candidates, int softmax) {
    if (!softmax) {
        for (size_t c = 0; c < candidates; c++) {
            floats e = -scores[c];
            exponentiate(&e);
            scores[c] = 1.0f / (1.0f + e) - (c == 0 ? 1.0f : 0.0f);
        }
        return;
    }
    floats peak = scores[0], sum = {0};
    for (size_t c = 1; c < candidates; c++) {
        integers above = scores[c] > peak;
        peak = (floats)(((integers)scores[c] & above) | ((integers)peak & ~above));
    }
    for (size_t c = 0; c < candidates; c++) {
        floats e = scores[c] - peak;
        exponentiate(&e);
        sum += scores[c] = e;
    }
    for (size_t c = 0; c < candidates; c++) scores[c] /= sum;
    scores[0] -= 1.0f;
}

INLINED void descend(
    float *rows, size_t vectors, float *user, size_t fixed, const int32_t *slots,
    size_t positives, size_t batch, size_t candidates, int softmax, float item_rate,
    float user_rate, float user_decay, float *coefficients) {
    const size_t stride = vectors * LANES;
    for (size_t start = 0; start < positives; start += batch) {
        const size_t count = smaller(batch, positives - start);
        // Sixteen examples at a time: their rows are still in the nearest cache when the user's
        // gradient needs them. The gradient itself waits in `moved`.
        floats moved[MOST_VECTORS];
        for (size_t v = 0; v < vectors; v++) moved[v] = (floats){0};
        float *block = coefficients;
        for (size_t first = 0; first < count; first += LANES, block += candidates * LANES) {
            const size_t lanes = smaller(LANES, count - first);
            for (size_t c = 0; c < candidates; c++) {
                float *scores = block + c * LANES;
                const int32_t *numbers = slots + c * count + first;
                for (size_t i = 0; i < lanes; i++) {
                    const float *row = rows + (size_t)numbers[i] * stride;
                    floats sums = *(const floats *)row * *(const floats *)user;
                    for (size_t v = 1; v < vectors; v++)
                        sums += *(const floats *)(row + v * LANES)
                            * *(const floats *)(user + v * LANES);
                    scores[i] = total(&sums);
                }
                for (size_t i = lanes; i < LANES; i++) scores[i] = 0;
            }
            differentiate((floats *)block, candidates, softmax);
            for (size_t c = 0; c < candidates; c++) {
                const int32_t *numbers = slots + c * count + first;
                for (size_t i = 0; i < lanes; i++) {
                    const float *row = rows + (size_t)numbers[i] * stride;
                    const float coefficient = block[c * LANES + i];
                    for (size_t v = 0; v < vectors; v++)
                        moved[v] += coefficient * *(const floats *)(row + v * LANES);
                }
            }
        }
        if (item_rate != 0) {
            block = coefficients;
            for (size_t first = 0; first < count; first += LANES, block += candidates * LANES) {
                const size_t lanes = smaller(LANES, count - first);
                for (size_t c = 0; c < candidates; c++) {
                    const int32_t *numbers = slots + c * count + first;
                    for (size_t i = 0; i < lanes; i++) {
                        float *row = rows + (size_t)numbers[i] * stride;
                        const float step = item_rate * block[c * LANES + i];
                        for (size_t v = 0; v < vectors; v++)
                            *(floats *)(row + v * LANES) -=
                                step * *(const floats *)(user + v * LANES);
                    }
                }
            }
        }
        const float constant = fixed < stride ? user[fixed] : 0;
        for (size_t v = 0; v < vectors; v++) {
            floats u = *(floats *)(user + v * LANES);
            *(floats *)(user + v * LANES) = u - user_rate * (moved[v] + user_decay * u);
        }
        if (fixed < stride) user[fixed] = constant;
        slots += count * candidates;
    }
}

DISPATCHED
void covey_factorization_descend(
    float *rows, size_t stride, float *user, size_t fixed, const int32_t *slots, size_t positives,
    size_t batch, size_t candidates, int softmax, float item_rate, float user_rate,
    float user_decay, float *coefficients) {
    // Common widths are compiled apart, so that their vectors stay in registers.
#define WITH(vectors) \
    descend(rows, vectors, user, fixed, slots, positives, batch, candidates, softmax, item_rate, \
        user_rate, user_decay, coefficients)
    switch (stride / LANES) {
    case 1: WITH(1); break;
    case 2: WITH(2); break;
    case 4: WITH(4); break;
    default: WITH(stride / LANES);
    }
#undef WITH
}

DISPATCHED
void covey_row_scores(
    float *scores, const float *rows, size_t count, size_t width, const float *user) {
    for (size_t i = 0; i < count; i++, rows += width) {
        floats sums = {0};
        size_t j = 0;
        for (; j + LANES <= width; j += LANES)
            sums += *(const floats *)(rows + j) * *(const floats *)(user + j);
        float rest = 0;
        for (; j < width; j++) rest += rows[j] * user[j];
        scores[i] = total(&sums) + rest;
    }
}

INLINED void step(
    floats *parameters, floats *first, floats *second, const floats *sum, float scale, float rate,
    float beta1, float beta2, float epsilon) {
    floats change = scale * *sum;
    floats m = *first = beta1 * *first + (1 - beta1) * change;
    floats v = *second = beta2 * *second + (1 - beta2) * change * change;
    *parameters += rate * m / (__builtin_elementwise_sqrt(v) + epsilon);
}

DISPATCHED
void covey_adam_step(
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
