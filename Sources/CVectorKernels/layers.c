#include "layers.h"

#include <string.h>

#include "places.h"
#include "wide.h"

void covey_fill_rows(float *x, size_t stride, const float *bias, size_t rows, size_t width) {
    for (size_t i = 0; i < rows; i++) memcpy(x + i * stride, bias, width * sizeof(float));
}

COVEY_CLONES
void covey_add_rows(float *d_bias, const float *d_y, size_t stride, size_t rows, size_t width) {
    for (size_t i = 0; i < rows; i++) add_scaled(d_bias, d_y + i * stride, 1, width);
}

COVEY_CLONES
void covey_add(float *y, const float *x, float scale, size_t count) {
    add_scaled(y, x, scale, count);
}

COVEY_CLONES
void covey_combine(float *y, const float *a, const float *b, float scale, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] = a[i] + scale * b[i];
}

COVEY_CLONES
void covey_multiply_elements(
    float *y, const float *a, const float *b, size_t count, int accumulate) {
    if (accumulate)
        for (size_t i = 0; i < count; i++) y[i] += a[i] * b[i];
    else
        for (size_t i = 0; i < count; i++) y[i] = a[i] * b[i];
}

INLINED void sigmoid(floats *x) {
    floats e = -*x;
    exponentiate(&e);
    *x = 1.0f / (1.0f + e);
}

// Φ(x) and e^(-x²/2). Abramowitz and Stegun, formula 7.1.26: |error| under 1.5e-7.
INLINED void normal(floats *x, floats *bell) {
    const floats z = *x * 0.70710678f;
    const floats size = (floats)((integers)z & 0x7FFFFFFF);
    const floats t = 1.0f / (1.0f + 0.3275911f * size);
    floats p = t * 1.061405429f - 1.453152027f;
    p = p * t + 1.421413741f;
    p = p * t - 0.284496736f;
    p = p * t + 0.254829592f;
    *bell = -z * z;
    exponentiate(bell);
    const floats tail = 0.5f * p * t * *bell;
    const integers below = z < 0.0f;
    *x = (floats)(((integers)tail & below) | ((integers)(1.0f - tail) & ~below));
}

INLINED void activated(floats *x, enum covey_activation activation) {
    switch (activation) {
    case COVEY_RELU: *x = (floats)((integers)*x & (*x > 0.0f)); break;
    case COVEY_GELU: {
        floats share = *x, bell;
        normal(&share, &bell);
        *x *= share;
        break;
    }
    case COVEY_SIGMOID: sigmoid(x); break;
    case COVEY_TANH:
        *x *= 2.0f;
        sigmoid(x);
        *x = 2.0f * *x - 1.0f;
        break;
    }
}

// The derivative, from the argument and the value.
INLINED void derived(floats *x, const floats *y, enum covey_activation activation) {
    switch (activation) {
    case COVEY_RELU: *x = (floats)((integers)((floats){0} + 1.0f) & (*x > 0.0f)); break;
    case COVEY_GELU: {
        floats share = *x, bell;
        normal(&share, &bell);
        *x = share + *x * bell * 0.39894228f;
        break;
    }
    case COVEY_SIGMOID: *x = *y * (1.0f - *y); break;
    case COVEY_TANH: *x = 1.0f - *y * *y; break;
    }
}

INLINED void load(floats *vector, const float *source, size_t lanes) {
    *vector = (floats){0};
    memcpy(vector, source, lanes * sizeof(float));
}

INLINED void activate_all(float *y, const float *x, size_t count, enum covey_activation kind) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        floats value = *(const floats *)(x + i);
        activated(&value, kind);
        *(floats *)(y + i) = value;
    }
    if (i == count) return;
    floats value;
    load(&value, x + i, count - i);
    activated(&value, kind);
    memcpy(y + i, &value, (count - i) * sizeof(float));
}

INLINED void derive_all(
    float *d_x, const float *d_y, const float *x, const float *y, size_t count,
    enum covey_activation kind) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        floats slope = *(const floats *)(x + i), value = *(const floats *)(y + i);
        derived(&slope, &value, kind);
        *(floats *)(d_x + i) += *(const floats *)(d_y + i) * slope;
    }
    if (i == count) return;
    floats slope, value;
    load(&slope, x + i, count - i);
    load(&value, y + i, count - i);
    derived(&slope, &value, kind);
    for (size_t j = 0; i + j < count; j++) d_x[i + j] += d_y[i + j] * slope[j];
}

// Each activation is compiled apart.
#define FOR_EACH_ACTIVATION(CALL)                                                                \
    switch (activation) {                                                                        \
    case COVEY_RELU: CALL(COVEY_RELU); break;                                                    \
    case COVEY_GELU: CALL(COVEY_GELU); break;                                                    \
    case COVEY_SIGMOID: CALL(COVEY_SIGMOID); break;                                              \
    case COVEY_TANH: CALL(COVEY_TANH); break;                                                    \
    }

COVEY_CLONES
void covey_activate(float *y, const float *x, size_t count, enum covey_activation activation) {
#define CALL(kind) activate_all(y, x, count, kind)
    FOR_EACH_ACTIVATION(CALL)
#undef CALL
}

COVEY_CLONES
void covey_activate_backward(
    float *d_x, const float *d_y, const float *x, const float *y, size_t count,
    enum covey_activation activation) {
#define CALL(kind) derive_all(d_x, d_y, x, y, count, kind)
    FOR_EACH_ACTIVATION(CALL)
#undef CALL
}

COVEY_CLONES
void covey_drop(
    float *y, const float *x, size_t count, float rate, uint32_t seed, int accumulate) {
    drop(y, x, count, rate, seed, 0, accumulate);
}

COVEY_CLONES
void covey_normalize(
    float *y, float *statistics, const float *x, const float *gain, const float *bias, size_t rows,
    size_t width, float epsilon) {
    for (size_t i = 0; i < rows; i++, x += width, y += width) {
        floats sums = {0}, squares = {0};
        size_t j = 0;
        for (; j + LANES <= width; j += LANES) sums += *(const floats *)(x + j);
        float sum = total(&sums);
        for (; j < width; j++) sum += x[j];
        const float mean = sum / (float)width;
        for (j = 0; j + LANES <= width; j += LANES) {
            const floats from = *(const floats *)(x + j) - mean;
            squares += from * from;
        }
        float square = total(&squares);
        for (; j < width; j++) square += (x[j] - mean) * (x[j] - mean);
        const float scale = 1 / __builtin_sqrtf(square / (float)width + epsilon);
        for (j = 0; j + LANES <= width; j += LANES)
            *(floats *)(y + j) =
                (*(const floats *)(x + j) - mean) * scale * *(const floats *)(gain + j)
                + *(const floats *)(bias + j);
        for (; j < width; j++) y[j] = (x[j] - mean) * scale * gain[j] + bias[j];
        statistics[2 * i] = mean;
        statistics[2 * i + 1] = scale;
    }
}

COVEY_CLONES
void covey_normalize_backward(
    float *d_x, float *d_gain, float *d_bias, const float *d_y, const float *statistics,
    const float *x, const float *gain, size_t rows, size_t width) {
    for (size_t i = 0; i < rows; i++, x += width, d_x += width, d_y += width) {
        const float mean = statistics[2 * i], scale = statistics[2 * i + 1];
        floats sums = {0}, products = {0};
        float sum = 0, product = 0;
        size_t j = 0;
        for (; j + LANES <= width; j += LANES) {
            const floats above = *(const floats *)(d_y + j);
            const floats normal = (*(const floats *)(x + j) - mean) * scale;
            const floats inner = above * *(const floats *)(gain + j);
            *(floats *)(d_gain + j) += above * normal;
            *(floats *)(d_bias + j) += above;
            sums += inner;
            products += inner * normal;
        }
        for (; j < width; j++) {
            const float normal = (x[j] - mean) * scale, inner = d_y[j] * gain[j];
            d_gain[j] += d_y[j] * normal;
            d_bias[j] += d_y[j];
            sum += inner;
            product += inner * normal;
        }
        const float mean_inner = (sum + total(&sums)) / (float)width;
        const float mean_product = (product + total(&products)) / (float)width;
        for (j = 0; j + LANES <= width; j += LANES) {
            const floats normal = (*(const floats *)(x + j) - mean) * scale;
            *(floats *)(d_x + j) += scale
                * (*(const floats *)(d_y + j) * *(const floats *)(gain + j) - mean_inner
                    - normal * mean_product);
        }
        for (; j < width; j++)
            d_x[j] += scale
                * (d_y[j] * gain[j] - mean_inner - (x[j] - mean) * scale * mean_product);
    }
}

COVEY_CLONES
void covey_take_rows(
    float *y, size_t stride, const float *table, size_t width, const int32_t *numbers,
    size_t count, float scale) {
    for (size_t i = 0; i < count; i++, y += stride) {
        if (numbers[i] < 0) {
            memset(y, 0, width * sizeof(float));
            continue;
        }
        const float *row = table + (size_t)numbers[i] * width;
        for (size_t j = 0; j < width; j++) y[j] = scale * row[j];
    }
}

COVEY_CLONES
void covey_give_rows(
    float *d_table, const float *d_y, size_t stride, size_t width, const int32_t *numbers,
    size_t count, float scale) {
    for (size_t i = 0; i < count; i++, d_y += stride)
        if (numbers[i] >= 0)
            add_scaled(d_table + (size_t)numbers[i] * width, d_y, scale, width);
}

COVEY_CLONES
void covey_row_products(
    float *y, const float *a, size_t a_stride, const float *b, size_t b_stride, size_t rows,
    size_t width) {
    for (size_t i = 0; i < rows; i++) y[i] = dot(a + i * a_stride, b + i * b_stride, width);
}

COVEY_CLONES
void covey_row_products_backward(
    float *d_a, size_t a_stride, const float *d_y, const float *b, size_t b_stride, size_t rows,
    size_t width) {
    for (size_t i = 0; i < rows; i++)
        add_scaled(d_a + i * a_stride, b + i * b_stride, d_y[i], width);
}

COVEY_CLONES
void covey_interact(
    float *y, float *sums, const float *x, size_t rows, size_t fields, size_t width) {
    for (size_t i = 0; i < rows; i++, sums += width) {
        memset(sums, 0, width * sizeof(float));
        float squares = 0;
        for (size_t f = 0; f < fields; f++, x += width) {
            add_scaled(sums, x, 1, width);
            squares += dot(x, x, width);
        }
        y[i] = 0.5f * (dot(sums, sums, width) - squares);
    }
}

COVEY_CLONES
void covey_interact_backward(
    float *d_x, const float *d_y, const float *sums, const float *x, size_t rows, size_t fields,
    size_t width) {
    for (size_t i = 0; i < rows; i++, sums += width)
        for (size_t f = 0; f < fields; f++, x += width, d_x += width)
            for (size_t j = 0; j < width; j++) d_x[j] += d_y[i] * (sums[j] - x[j]);
}

COVEY_CLONES
void covey_pool(
    float *y, float *weights, const float *scores, const float *x, const int32_t *starts,
    size_t runs, size_t width) {
    for (size_t run = 0; run < runs; run++, y += width) {
        const size_t first = (size_t)starts[run], end = (size_t)starts[run + 1];
        float peak = -__builtin_inff(), sum = 0;
        for (size_t t = first; t < end; t++) peak = scores[t] > peak ? scores[t] : peak;
        for (size_t t = first; t < end; t++) sum += weights[t] = __builtin_expf(scores[t] - peak);
        memset(y, 0, width * sizeof(float));
        for (size_t t = first; t < end; t++) {
            weights[t] /= sum;
            add_scaled(y, x + t * width, weights[t], width);
        }
    }
}

COVEY_CLONES
void covey_pool_backward(
    float *d_scores, float *d_x, const float *d_y, const float *weights, const float *x,
    const int32_t *starts, size_t runs, size_t width) {
    for (size_t run = 0; run < runs; run++, d_y += width) {
        const size_t first = (size_t)starts[run], end = (size_t)starts[run + 1];
        float mean = 0;
        for (size_t t = first; t < end; t++) mean += weights[t] * dot(d_y, x + t * width, width);
        for (size_t t = first; t < end; t++) {
            d_scores[t] += weights[t] * (dot(d_y, x + t * width, width) - mean);
            add_scaled(d_x + t * width, d_y, weights[t], width);
        }
    }
}

void covey_largest(
    float *y, int32_t *places, const float *x, const int32_t *starts, size_t runs, size_t width) {
    for (size_t run = 0; run < runs; run++, y += width, places += width) {
        memcpy(y, x + (size_t)starts[run] * width, width * sizeof(float));
        for (size_t j = 0; j < width; j++) places[j] = starts[run];
        for (int32_t t = starts[run] + 1; t < starts[run + 1]; t++) {
            const float *row = x + (size_t)t * width;
            for (size_t j = 0; j < width; j++)
                if (row[j] > y[j]) {
                    y[j] = row[j];
                    places[j] = t;
                }
        }
    }
}

void covey_largest_backward(
    float *d_x, const float *d_y, const int32_t *places, size_t runs, size_t width) {
    for (size_t run = 0; run < runs; run++, d_y += width, places += width)
        for (size_t j = 0; j < width; j++) d_x[(size_t)places[j] * width + j] += d_y[j];
}

void covey_patches(
    float *patches, const float *images, size_t count, size_t height, size_t width,
    size_t channels, size_t kernel_height, size_t kernel_width) {
    const size_t line = width * channels, piece = kernel_width * channels;
    for (size_t image = 0; image < count; image++, images += height * line)
        for (size_t y = 0; y + kernel_height <= height; y++)
            for (size_t x = 0; x + kernel_width <= width; x++)
                for (size_t k = 0; k < kernel_height; k++, patches += piece)
                    memcpy(
                        patches, images + (y + k) * line + x * channels, piece * sizeof(float));
}

COVEY_CLONES
void covey_patches_backward(
    float *d_images, const float *d_patches, size_t count, size_t height, size_t width,
    size_t channels, size_t kernel_height, size_t kernel_width) {
    const size_t line = width * channels, piece = kernel_width * channels;
    for (size_t image = 0; image < count; image++, d_images += height * line)
        for (size_t y = 0; y + kernel_height <= height; y++)
            for (size_t x = 0; x + kernel_width <= width; x++)
                for (size_t k = 0; k < kernel_height; k++, d_patches += piece)
                    add_scaled(d_images + (y + k) * line + x * channels, d_patches, 1, piece);
}

void covey_draw(
    float *y, const float *means, const float *log_variances, const float *noise, size_t count) {
    for (size_t i = 0; i < count; i++)
        y[i] = means[i] + __builtin_expf(0.5f * log_variances[i]) * noise[i];
}

void covey_draw_backward(
    float *d_means, float *d_log_variances, const float *d_y, const float *log_variances,
    const float *noise, size_t count) {
    for (size_t i = 0; i < count; i++) {
        d_means[i] += d_y[i];
        d_log_variances[i] += d_y[i] * 0.5f * __builtin_expf(0.5f * log_variances[i]) * noise[i];
    }
}
