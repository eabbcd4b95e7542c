#pragma once

#include <stddef.h>
#include <stdint.h>

/// The layers of small networks. `d_x` is the gradient of a loss by `x`; backward functions add to
/// gradients of inputs. Rows of a matrix are `stride` apart where one is given, else contiguous.

/// x[i] = bias for `rows` rows.
void covey_fill_rows(float *x, size_t stride, const float *bias, size_t rows, size_t width);

/// d_bias += the sum of the rows.
void covey_add_rows(float *d_bias, const float *d_y, size_t stride, size_t rows, size_t width);

/// y += scale * x.
void covey_add(float *y, const float *x, float scale, size_t count);

/// y = a + scale * b.
void covey_combine(float *y, const float *a, const float *b, float scale, size_t count);

/// y = a * b, or y += a * b.
void covey_multiply_elements(
    float *y, const float *a, const float *b, size_t count, int accumulate);

enum covey_activation { COVEY_RELU, COVEY_GELU, COVEY_SIGMOID, COVEY_TANH };

/// y = f(x): max(x, 0); x Φ(x); 1 / (1 + e^-x); tanh x.
void covey_activate(float *y, const float *x, size_t count, enum covey_activation activation);

/// d_x += d_y f'(x).
void covey_activate_backward(
    float *d_x, const float *d_y, const float *x, const float *y, size_t count,
    enum covey_activation activation);

/// y = or += x m(i) / (1 - rate), where m(i) is 0 with probability `rate` and else 1, a function of
/// the seed and the place alone.
void covey_drop(
    float *y, const float *x, size_t count, float rate, uint32_t seed, int accumulate);

/// y = gain (x - mean) / sqrt(variance + epsilon) + bias for each row; `statistics` takes each
/// row's mean and the reciprocal of that root.
void covey_normalize(
    float *y, float *statistics, const float *x, const float *gain, const float *bias, size_t rows,
    size_t width, float epsilon);

/// The gradients of `covey_normalize`.
void covey_normalize_backward(
    float *d_x, float *d_gain, float *d_bias, const float *d_y, const float *statistics,
    const float *x, const float *gain, size_t rows, size_t width);

/// y[i] = scale * table[numbers[i]]; zeros for a negative number.
void covey_take_rows(
    float *y, size_t stride, const float *table, size_t width, const int32_t *numbers,
    size_t count, float scale);

/// d_table[numbers[i]] += scale * d_y[i].
void covey_give_rows(
    float *d_table, const float *d_y, size_t stride, size_t width, const int32_t *numbers,
    size_t count, float scale);

/// y[i] = a[i] · b[i].
void covey_row_products(
    float *y, const float *a, size_t a_stride, const float *b, size_t b_stride, size_t rows,
    size_t width);

/// d_a[i] += d_y[i] b[i].
void covey_row_products_backward(
    float *d_a, size_t a_stride, const float *d_y, const float *b, size_t b_stride, size_t rows,
    size_t width);

/// Rendle's interaction of `fields` vectors of `width`: y[i] = 1/2 Σ_k ((Σ_f v_fk)² - Σ_f v_fk²).
/// `sums` takes Σ_f v_f, `width` floats for each row.
void covey_interact(
    float *y, float *sums, const float *x, size_t rows, size_t fields, size_t width);

/// The gradient of `covey_interact`: d_v_fk += d_y (Σ v_k - v_fk).
void covey_interact_backward(
    float *d_x, const float *d_y, const float *sums, const float *x, size_t rows, size_t fields,
    size_t width);

/// y = Σ softmax(scores)_t x_t for each run of rows from starts[s] to starts[s + 1]; `weights`
/// takes the softmax.
void covey_pool(
    float *y, float *weights, const float *scores, const float *x, const int32_t *starts,
    size_t runs, size_t width);

/// The gradients of `covey_pool`.
void covey_pool_backward(
    float *d_scores, float *d_x, const float *d_y, const float *weights, const float *x,
    const int32_t *starts, size_t runs, size_t width);

/// y = the largest of each column in each run of rows; `places` takes the rows they are in.
void covey_largest(
    float *y, int32_t *places, const float *x, const int32_t *starts, size_t runs, size_t width);

/// The gradient of `covey_largest`.
void covey_largest_backward(
    float *d_x, const float *d_y, const int32_t *places, size_t runs, size_t width);

/// The patches of images of height × width × channels that a kernel of the given size meets at
/// stride 1, one row each: (height - kernel_height + 1) × (width - kernel_width + 1) rows an image.
void covey_patches(
    float *patches, const float *images, size_t count, size_t height, size_t width,
    size_t channels, size_t kernel_height, size_t kernel_width);

/// Adds the gradients of patches to those of the images.
void covey_patches_backward(
    float *d_images, const float *d_patches, size_t count, size_t height, size_t width,
    size_t channels, size_t kernel_height, size_t kernel_width);

/// y = means + exp(log_variances / 2) noise.
void covey_draw(
    float *y, const float *means, const float *log_variances, const float *noise, size_t count);

/// The gradients of `covey_draw`.
void covey_draw_backward(
    float *d_means, float *d_log_variances, const float *d_y, const float *log_variances,
    const float *noise, size_t count);
