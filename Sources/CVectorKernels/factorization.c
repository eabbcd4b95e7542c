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

INLINED float total_of_both(const floats *sums, const eight *more) {
    const floats s = *sums;
    eight a = __builtin_shufflevector(s, s, 0, 1, 2, 3, 4, 5, 6, 7)
        + __builtin_shufflevector(s, s, 8, 9, 10, 11, 12, 13, 14, 15);
    a += *more;
    return total_of_eight(&a);
}

// With `steps`, rows stay where they are, and slot s of the examples is row places[s]; without,
// it is row s, which moves.
INLINED void descend(
    float *rows, size_t vectors, const int32_t *places, float *users, size_t fixed,
    const int32_t *slots, size_t positives, size_t batch, size_t candidates, int softmax,
    float item_rate, float user_rate, float user_decay, float *coefficients, float *steps) {
    const size_t stride = vectors * LANES;
    float *user = users;
    for (size_t start = 0, b = 0; start < positives; start += batch, b++) {
        const size_t count = smaller(batch, positives - start);
        // A moved row's product with the user vector is the unmoved row's and its steps' with the
        // products of the user vectors.
        eight products = {0}, weights = {0};
        if (steps)
            for (size_t p = 0; p < b; p++) products[p] = dot(users + p * stride, user, stride);
        // Sixteen examples at a time: their rows are still in the nearest cache when the user's
        // gradient needs them. The gradient itself waits in `moved`.
        floats current[MOST_VECTORS], moved[MOST_VECTORS];
        for (size_t v = 0; v < vectors; v++) {
            current[v] = *(const floats *)(user + v * LANES);
            moved[v] = (floats){0};
        }
        float *block = coefficients;
        for (size_t first = 0; first < count; first += LANES, block += candidates * LANES) {
            const size_t lanes = smaller(LANES, count - first);
            for (size_t c = 0; c < candidates; c++) {
                float *scores = block + c * LANES;
                const int32_t *numbers = slots + c * count + first;
                for (size_t i = 0; i < lanes; i++) {
                    const size_t slot = (size_t)numbers[i];
                    const float *row = rows + (steps ? (size_t)places[slot] : slot) * stride;
                    floats sums = *(const floats *)row * current[0];
                    for (size_t v = 1; v < vectors; v++)
                        sums += *(const floats *)(row + v * LANES) * current[v];
                    if (steps) {
                        eight more = *(const eight *)(steps + slot * COVEY_MOST_STEPS) * products;
                        scores[i] = total_of_both(&sums, &more);
                    } else {
                        scores[i] = total(&sums);
                    }
                }
                for (size_t i = lanes; i < LANES; i++) scores[i] = 0;
            }
            differentiate((floats *)block, candidates, softmax);
            for (size_t c = 0; c < candidates; c++) {
                const int32_t *numbers = slots + c * count + first;
                for (size_t i = 0; i < lanes; i++) {
                    const size_t slot = (size_t)numbers[i];
                    const float *row = rows + (steps ? (size_t)places[slot] : slot) * stride;
                    const float coefficient = block[c * LANES + i];
                    for (size_t v = 0; v < vectors; v++)
                        moved[v] += coefficient * *(const floats *)(row + v * LANES);
                    if (steps) {
                        float *own = steps + slot * COVEY_MOST_STEPS;
                        weights += coefficient * *(const eight *)own;
                        // Weights from here on are not used.
                        own[b] -= item_rate * coefficient;
                    }
                }
            }
        }
        if (!steps && item_rate != 0) {
            block = coefficients;
            for (size_t first = 0; first < count; first += LANES, block += candidates * LANES) {
                const size_t lanes = smaller(LANES, count - first);
                for (size_t c = 0; c < candidates; c++) {
                    const int32_t *numbers = slots + c * count + first;
                    for (size_t i = 0; i < lanes; i++) {
                        float *row = rows + (size_t)numbers[i] * stride;
                        const float step = item_rate * block[c * LANES + i];
                        for (size_t v = 0; v < vectors; v++)
                            *(floats *)(row + v * LANES) -= step * current[v];
                    }
                }
            }
        }
        if (steps)
            for (size_t p = 0; p < b; p++)
                for (size_t v = 0; v < vectors; v++)
                    moved[v] += weights[p] * *(const floats *)(users + p * stride + v * LANES);
        const float constant = fixed < stride ? user[fixed] : 0;
        if (steps) user += stride;
        for (size_t v = 0; v < vectors; v++)
            *(floats *)(user + v * LANES) =
                current[v] - user_rate * (moved[v] + user_decay * current[v]);
        if (fixed < stride) user[fixed] = constant;
        slots += count * candidates;
    }
}

// Common widths are compiled apart, so that their vectors stay in registers.
#define FOR_WIDTH(stride, with) \
    switch ((stride) / LANES) { \
    case 1: with(1); break; \
    case 2: with(2); break; \
    case 4: with(4); break; \
    default: with((stride) / LANES); \
    }

COVEY_CLONES
void covey_factorization_descend(
    float *rows, size_t stride, float *user, size_t fixed, const int32_t *slots, size_t positives,
    size_t batch, size_t candidates, int softmax, float item_rate, float user_rate,
    float user_decay, float *coefficients) {
#define WITH(vectors) \
    descend(rows, vectors, NULL, user, fixed, slots, positives, batch, candidates, softmax, \
        item_rate, user_rate, user_decay, coefficients, NULL)
    FOR_WIDTH(stride, WITH)
#undef WITH
}

COVEY_CLONES
void covey_factorization_steps(
    const float *rows, size_t stride, const int32_t *places, float *users, size_t fixed,
    const int32_t *slots, size_t positives, size_t batch, size_t candidates, int softmax,
    float item_rate, float user_rate, float user_decay, float *coefficients, float *steps) {
#define WITH(vectors) \
    descend((float *)rows, vectors, places, users, fixed, slots, positives, batch, candidates, \
        softmax, item_rate, user_rate, user_decay, coefficients, steps)
    FOR_WIDTH(stride, WITH)
#undef WITH
}

// Row s of what steps and user vectors describe.
INLINED void move(
    floats *moves, size_t vectors, const float *steps, const float *users, size_t batches) {
    for (size_t v = 0; v < vectors; v++) moves[v] = (floats){0};
    for (size_t b = 0; b < batches; b++)
        for (size_t v = 0; v < vectors; v++)
            moves[v] += steps[b] * *(const floats *)(users + (b * vectors + v) * LANES);
}

INLINED void expand(
    float *target, size_t width, size_t vectors, const float *steps, size_t count,
    const float *users, size_t batches) {
    floats moves[MOST_VECTORS];
    for (size_t s = 0; s < count; s++, steps += COVEY_MOST_STEPS, target += width) {
        move(moves, vectors, steps, users, batches);
        for (size_t v = 0; v < vectors; v++) *(floats *)(target + v * LANES) = moves[v];
    }
}

COVEY_CLONES
void covey_factorization_moves(
    float *target, size_t width, const float *steps, size_t count, const float *users,
    size_t stride, size_t batches) {
    if (stride == 4 * LANES) expand(target, width, 4, steps, count, users, batches);
    else expand(target, width, stride / LANES, steps, count, users, batches);
}

COVEY_CLONES
double covey_factorization_norm(
    const float *steps, size_t count, const float *users, size_t stride, size_t batches) {
    // The squared norm of a combination of vectors is that of its weights under their products.
    double products[COVEY_MOST_STEPS][COVEY_MOST_STEPS] = {{0}};
    for (size_t b = 0; b < batches; b++)
        for (size_t p = 0; p <= b; p++)
            products[b][p] = products[p][b] = dot(users + b * stride, users + p * stride, stride);
    double sums[COVEY_MOST_STEPS][COVEY_MOST_STEPS] = {{0}};
    // Single precision for a few rows at a time.
    for (size_t first = 0; first < count; first += LANES) {
        eight few[COVEY_MOST_STEPS] = {{0}};
        for (size_t s = first; s < smaller(count, first + LANES); s++, steps += COVEY_MOST_STEPS)
            for (size_t b = 0; b < batches; b++) few[b] += steps[b] * *(const eight *)steps;
        for (size_t b = 0; b < batches; b++)
            for (size_t p = 0; p < COVEY_MOST_STEPS; p++) sums[b][p] += few[b][p];
    }
    double squares = 0;
    for (size_t b = 0; b < batches; b++)
        for (size_t p = 0; p < batches; p++) squares += sums[b][p] * products[b][p];
    return squares;
}

INLINED void accumulate(
    int32_t *sum, const int32_t *rows, size_t count, size_t vectors, const float *steps,
    const float *users, size_t batches, float factor) {
    const size_t width = vectors * LANES;
    floats moves[MOST_VECTORS];
    for (size_t s = 0; s < count; s++, steps += COVEY_MOST_STEPS) {
        if (s + ROWS_AHEAD < count) fetch(sum + (size_t)rows[s + ROWS_AHEAD] * width, width);
        move(moves, vectors, steps, users, batches);
        int32_t *row = sum + (size_t)rows[s] * width;
        for (size_t v = 0; v < vectors; v++) add_rounded(row + v * LANES, &moves[v], factor);
    }
}

COVEY_CLONES
void covey_accumulate_moves(
    int32_t *sum, const int32_t *rows, size_t count, const float *steps, const float *users,
    size_t stride, size_t batches, float factor) {
    if (stride == 4 * LANES) accumulate(sum, rows, count, 4, steps, users, batches, factor);
    else accumulate(sum, rows, count, stride / LANES, steps, users, batches, factor);
}

COVEY_CLONES
void covey_row_scores(
    float *scores, const float *rows, size_t count, size_t width, const float *user) {
    for (size_t i = 0; i < count; i++, rows += width) scores[i] = dot(rows, user, width);
}
