#include "factorization.h"

#include <string.h>

#include "wide.h"

enum { MOST_VECTORS = COVEY_MOST_DIMENSIONS / LANES };

void covey_gather_rows(
    float *target, size_t stride, const float *source, size_t width, const int32_t *numbers,
    size_t count) {
    for (size_t i = 0; i < count; i++, target += stride) {
        if (i + ROWS_AHEAD < count) fetch(source + (size_t)numbers[i + ROWS_AHEAD] * width, width);
        memcpy(target, source + (size_t)numbers[i] * width, width * sizeof(float));
        memset(target + width, 0, (stride - width) * sizeof(float));
    }
}

COVEY_CLONES
double covey_row_changes(
    float *rows, size_t stride, const float *source, size_t width, const int32_t *numbers,
    size_t count) {
    // Results move to the front and never overtake what is still to be read.
    const float *gathered = rows;
    float *target = rows;
    double squares = 0;
    for (size_t i = 0; i < count; i++, gathered += stride, target += width) {
        if (i + ROWS_AHEAD < count) fetch(source + (size_t)numbers[i + ROWS_AHEAD] * width, width);
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

COVEY_CLONES
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

COVEY_CLONES
void covey_row_scores(
    float *scores, const float *rows, size_t count, size_t width, const float *user) {
    for (size_t i = 0; i < count; i++, rows += width) scores[i] = dot(rows, user, width);
}
