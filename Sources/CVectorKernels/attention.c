#include "attention.h"

#include <string.h>

#include "panels.h"
#include "places.h"

INLINED size_t padded(size_t rows) { return (rows + LANES - 1) / LANES * LANES; }

size_t covey_attention_weights(const struct covey_attention *attention) {
    size_t sum = 0;
    for (size_t run = 0; run < attention->runs; run++) {
        size_t rows = (size_t)(attention->starts[run + 1] - attention->starts[run]);
        sum += attention->heads * rows * padded(rows);
    }
    return sum;
}

size_t covey_attention_workspace(const struct covey_attention *attention) {
    size_t most = 0;
    for (size_t run = 0; run < attention->runs; run++) {
        size_t rows = (size_t)(attention->starts[run + 1] - attention->starts[run]);
        if (rows > most) most = rows;
    }
    return most * padded(most) + attention->width * LANES + PANEL_ROWS * padded(most);
}

// One run and head: `rows` rows, weights `line` apart.
struct square {
    size_t rows, line, width;
    int causal;
};

// products[i][j] = a[i] · b[j], for j ≤ i where causal.
INLINED void all_pairs(
    const struct square *square, float *products, const float *a, size_t a_stride, const float *b,
    size_t b_stride, float *packed) {
    for (size_t j = 0; j < square->rows; j += LANES) {
        const size_t columns = smaller(LANES, square->rows - j);
        pack_columns(packed, b + j * b_stride, 1, b_stride, square->width, columns);
        for (size_t i = square->causal ? j / PANEL_ROWS * PANEL_ROWS : 0; i < square->rows;
             i += PANEL_ROWS)
            multiply_panel(
                smaller(PANEL_ROWS, square->rows - i), square->width, a + i * a_stride, a_stride, 1,
                packed, LANES, products + i * square->line + j, square->line, LANES, 0);
    }
}

// c[i] = or += Σ_j weights[i][j] b[j] for some rows from i on.
INLINED void weigh(
    const struct square *square, float *c, size_t stride, const float *weights, size_t i,
    const float *b, size_t b_stride, int accumulate) {
    const size_t rows = smaller(PANEL_ROWS, square->rows - i);
    const size_t inner = square->causal ? i + rows : square->rows;
    for (size_t j = 0; j < square->width; j += LANES) {
        const size_t columns = smaller(LANES, square->width - j);
        multiply_panel(
            rows, inner, weights, square->line, 1, b + j, b_stride, c + i * stride + j, stride,
            columns, accumulate);
    }
}

// c[j] += Σ_i weights[i][j] b[i].
INLINED void weigh_transposed(
    const struct square *square, float *c, size_t stride, const float *weights, const float *b,
    size_t b_stride) {
    for (size_t i = 0; i < square->rows; i += PANEL_ROWS) {
        const size_t first = square->causal ? i : 0;
        for (size_t j = 0; j < square->width; j += LANES)
            multiply_panel(
                smaller(PANEL_ROWS, square->rows - i), square->rows - first,
                weights + first * square->line + i, 1, square->line, b + first * b_stride + j,
                b_stride, c + i * stride + j, stride, smaller(LANES, square->width - j), 1);
    }
}

// In place: the softmax of scale · row over its first `used` elements, zeros up to `line`.
INLINED void soften(float *row, size_t used, size_t line, float scale) {
    for (size_t j = used; j < line; j++) row[j] = -__builtin_inff();
    floats peaks = *(floats *)row;
    for (size_t j = LANES; j < line; j += LANES) {
        const floats value = *(floats *)(row + j);
        const integers above = value > peaks;
        peaks = (floats)(((integers)value & above) | ((integers)peaks & ~above));
    }
    const float peak = largest(&peaks);
    floats sums = {0};
    for (size_t j = 0; j < line; j += LANES) {
        floats value = (*(floats *)(row + j) - peak) * scale;
        const integers inside = value > -80.0f;
        exponentiate(&value);
        value = (floats)((integers)value & inside);
        sums += *(floats *)(row + j) = value;
    }
    const float share = 1 / total(&sums);
    for (size_t j = 0; j < line; j += LANES) *(floats *)(row + j) *= share;
}

COVEY_CLONES
void covey_attend(
    const struct covey_attention *attention, float *y, float *weights, const float *q,
    const float *k, const float *v, float *workspace) {
    const float scale = 1 / __builtin_sqrtf((float)attention->width);
    float *packed = workspace, *kept = workspace + attention->width * LANES;
    uint32_t place = 0;
    for (size_t run = 0; run < attention->runs; run++) {
        const size_t start = (size_t)attention->starts[run];
        const size_t rows = (size_t)attention->starts[run + 1] - start;
        const struct square square = {rows, padded(rows), attention->width, attention->causal};
        for (size_t head = 0; head < attention->heads; head++, weights += rows * square.line) {
            const size_t column = head * attention->width;
            const float *queries = q + start * attention->query_stride + column;
            const float *keys = k + start * attention->key_stride + column;
            const float *values = v + start * attention->value_stride + column;
            float *target = y + start * attention->stride + column;
            all_pairs(
                &square, weights, queries, attention->query_stride, keys, attention->key_stride,
                packed);
            for (size_t i = 0; i < rows; i += PANEL_ROWS) {
                const size_t count = smaller(PANEL_ROWS, rows - i);
                float *block = weights + i * square.line;
                for (size_t r = 0; r < count; r++)
                    soften(
                        block + r * square.line, square.causal ? i + r + 1 : rows, square.line,
                        scale);
                const float *used = block;
                if (attention->rate > 0) {
                    drop(
                        kept, block, count * square.line, attention->rate, attention->seed, place,
                        0);
                    used = kept;
                }
                place += (uint32_t)(count * square.line);
                weigh(
                    &square, target, attention->stride, used, i, values, attention->value_stride,
                    0);
            }
        }
    }
}

COVEY_CLONES
void covey_attend_backward(
    const struct covey_attention *attention, float *d_q, float *d_k, float *d_v, const float *d_y,
    float *weights, const float *q, const float *k, const float *v, float *workspace) {
    const float scale = 1 / __builtin_sqrtf((float)attention->width);
    float *packed = workspace, *slopes = workspace + attention->width * LANES;
    uint32_t place = 0;
    for (size_t run = 0; run < attention->runs; run++) {
        const size_t start = (size_t)attention->starts[run];
        const size_t rows = (size_t)attention->starts[run + 1] - start;
        const struct square square = {rows, padded(rows), attention->width, attention->causal};
        const size_t size = rows * square.line;
        for (size_t head = 0; head < attention->heads; head++, weights += size) {
            const size_t column = head * attention->width;
            const size_t query_start = start * attention->query_stride + column;
            const size_t key_start = start * attention->key_stride + column;
            const size_t value_start = start * attention->value_stride + column;
            const float *above = d_y + start * attention->stride + column;
            all_pairs(
                &square, slopes, above, attention->stride, v + value_start,
                attention->value_stride, packed);
            for (size_t i = 0; i < rows; i++) {
                float *slope = slopes + i * square.line, *weight = weights + i * square.line;
                const size_t used = square.causal ? i + 1 : rows, end = padded(used);
                for (size_t j = used; j < square.line; j++) slope[j] = 0;
                if (attention->rate > 0)
                    drop(
                        slope, slope, end, attention->rate, attention->seed,
                        place + (uint32_t)(i * square.line), 0);
                const float mean = dot(slope, weight, end);
                for (size_t j = 0; j < end; j += LANES)
                    *(floats *)(slope + j) = (*(floats *)(slope + j) - mean) * scale
                        * *(floats *)(weight + j);
            }
            for (size_t i = 0; i < rows; i += PANEL_ROWS)
                weigh(
                    &square, d_q + query_start, attention->query_stride, slopes + i * square.line,
                    i, k + key_start, attention->key_stride, 1);
            weigh_transposed(
                &square, d_k + key_start, attention->key_stride, slopes, q + query_start,
                attention->query_stride);
            if (attention->rate > 0)
                drop(weights, weights, size, attention->rate, attention->seed, place, 0);
            place += (uint32_t)size;
            weigh_transposed(
                &square, d_v + value_start, attention->value_stride, weights, above,
                attention->stride);
        }
    }
}
