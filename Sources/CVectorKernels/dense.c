#include "dense.h"

#include <string.h>

#include "wide.h"

// Six rows of sixteen columns fill 12 of AVX2's 16 registers and 24 of NEON's 32; on AVX-512 six
// accumulators hide the latency of one 512-bit multiply-add a cycle.
enum { PANEL_ROWS = 6, PANEL_COLUMNS = 16, BLOCK_ROWS = 96, BLOCK_INNER = 256, BLOCK_COLUMNS = 512 };

typedef double doubles __attribute__((vector_size(64), aligned(8)));

// Copies `length` × `inner` elements as panels of `width` of the first index, padded with zeros.
INLINED void pack(
    float *target, const float *source, size_t length, size_t inner, size_t stride,
    size_t inner_stride, size_t width) {
    for (size_t start = 0; start < length; start += width) {
        size_t used = smaller(width, length - start);
        const float *from = source + start * stride;
        if (used == width && stride == 1) {
            for (size_t p = 0; p < inner; p++, target += width)
                memcpy(target, from + p * inner_stride, width * sizeof(float));
            continue;
        }
        for (size_t i = 0; i < width; i++) {
            if (i < used)
                for (size_t p = 0; p < inner; p++)
                    target[p * width + i] = from[i * stride + p * inner_stride];
            else
                for (size_t p = 0; p < inner; p++) target[p * width + i] = 0;
        }
        target += inner * width;
    }
}

INLINED void multiply_panel(
    size_t inner, const float *a, const float *b, float *c, size_t stride, size_t rows,
    size_t columns, int accumulate) {
    floats sum0 = {0}, sum1 = {0}, sum2 = {0}, sum3 = {0}, sum4 = {0}, sum5 = {0};
    for (size_t p = 0; p < inner; p++, a += PANEL_ROWS, b += PANEL_COLUMNS) {
        floats right = *(const floats *)b;
        sum0 += a[0] * right;
        sum1 += a[1] * right;
        sum2 += a[2] * right;
        sum3 += a[3] * right;
        sum4 += a[4] * right;
        sum5 += a[5] * right;
    }
    if (rows == PANEL_ROWS && columns == PANEL_COLUMNS) {
        floats *row0 = (floats *)c, *row1 = (floats *)(c + stride);
        floats *row2 = (floats *)(c + 2 * stride), *row3 = (floats *)(c + 3 * stride);
        floats *row4 = (floats *)(c + 4 * stride), *row5 = (floats *)(c + 5 * stride);
        if (accumulate) {
            sum0 += *row0, sum1 += *row1, sum2 += *row2;
            sum3 += *row3, sum4 += *row4, sum5 += *row5;
        }
        *row0 = sum0, *row1 = sum1, *row2 = sum2, *row3 = sum3, *row4 = sum4, *row5 = sum5;
        return;
    }
    floats sums[PANEL_ROWS] = {sum0, sum1, sum2, sum3, sum4, sum5};
    for (size_t i = 0; i < rows; i++) {
        const float *sum = (const float *)&sums[i];
        for (size_t j = 0; j < columns; j++)
            c[i * stride + j] = sum[j] + (accumulate ? c[i * stride + j] : 0);
    }
}

size_t covey_gemm_workspace(void) {
    return (size_t)BLOCK_INNER * (BLOCK_ROWS + BLOCK_COLUMNS);
}

COVEY_CLONES
void covey_gemm(
    size_t rows, size_t inner, size_t columns,
    const float *a, size_t a_row_stride, size_t a_column_stride,
    const float *b, size_t b_row_stride, size_t b_column_stride,
    float *c, float *workspace) {
    float *left = workspace, *right = workspace + BLOCK_ROWS * BLOCK_INNER;
    if (inner == 0) {
        memset(c, 0, rows * columns * sizeof(float));
        return;
    }
    for (size_t jc = 0; jc < columns; jc += BLOCK_COLUMNS) {
        size_t nc = smaller(BLOCK_COLUMNS, columns - jc);
        for (size_t pc = 0; pc < inner; pc += BLOCK_INNER) {
            size_t kc = smaller(BLOCK_INNER, inner - pc);
            pack(right, b + pc * b_row_stride + jc * b_column_stride, nc, kc, b_column_stride,
                b_row_stride, PANEL_COLUMNS);
            for (size_t ic = 0; ic < rows; ic += BLOCK_ROWS) {
                size_t mc = smaller(BLOCK_ROWS, rows - ic);
                pack(left, a + ic * a_row_stride + pc * a_column_stride, mc, kc, a_row_stride,
                    a_column_stride, PANEL_ROWS);
                for (size_t j = 0; j < nc; j += PANEL_COLUMNS)
                    for (size_t i = 0; i < mc; i += PANEL_ROWS)
                        multiply_panel(
                            kc, left + i * kc, right + j * kc,
                            c + (ic + i) * columns + jc + j, columns,
                            smaller(PANEL_ROWS, mc - i), smaller(PANEL_COLUMNS, nc - j), pc > 0);
            }
        }
    }
}

INLINED double double_dot(const double *x, const double *y, size_t count) {
    doubles sum0 = {0}, sum1 = {0};
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        sum0 += *(const doubles *)(x + i) * *(const doubles *)(y + i);
        sum1 += *(const doubles *)(x + i + 8) * *(const doubles *)(y + i + 8);
    }
    sum0 += sum1;
    double sum = ((sum0[0] + sum0[4]) + (sum0[1] + sum0[5]))
        + ((sum0[2] + sum0[6]) + (sum0[3] + sum0[7]));
    for (; i < count; i++) sum += x[i] * y[i];
    return sum;
}

INLINED void double_add_scaled(double *y, const double *x, double alpha, size_t count) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) *(doubles *)(y + i) += alpha * *(const doubles *)(x + i);
    for (; i < count; i++) y[i] += alpha * x[i];
}

COVEY_CLONES
double covey_double_dot(const double *x, const double *y, size_t count) {
    return double_dot(x, y, count);
}

COVEY_CLONES
void covey_double_add_scaled(double *y, const double *x, double alpha, size_t count) {
    double_add_scaled(y, x, alpha, count);
}

COVEY_CLONES
void covey_double_rotate(double *x, double *y, double cosine, double sine, size_t count) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        doubles a = *(doubles *)(x + i), b = *(doubles *)(y + i);
        *(doubles *)(x + i) = cosine * a + sine * b;
        *(doubles *)(y + i) = cosine * b - sine * a;
    }
    for (; i < count; i++) {
        double a = x[i], b = y[i];
        x[i] = cosine * a + sine * b;
        y[i] = cosine * b - sine * a;
    }
}

COVEY_CLONES
void covey_double_matrix_vector(
    double *y, const double *a, size_t stride, const double *x, size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++) y[i] = double_dot(a + i * stride, x, columns);
}

COVEY_CLONES
void covey_double_rank_two(
    double *a, size_t stride, const double *v, const double *w, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double *row = a + i * stride;
        size_t j = 0;
        for (; j + 8 <= count; j += 8)
            *(doubles *)(row + j) -=
                v[i] * *(const doubles *)(w + j) + w[i] * *(const doubles *)(v + j);
        for (; j < count; j++) row[j] -= v[i] * w[j] + w[i] * v[j];
    }
}

COVEY_CLONES
void covey_double_reflect_rows(
    double *a, size_t stride, const double *v, double beta, size_t count) {
    for (size_t i = 0; i < count; i++)
        double_add_scaled(a + i * stride, v, -beta * double_dot(a + i * stride, v, count), count);
}

COVEY_CLONES
void covey_gram_in_double(
    double *gram, const float *a, size_t rows, size_t columns, double *row) {
    memset(gram, 0, columns * columns * sizeof(double));
    for (size_t p = 0; p < rows; p++, a += columns) {
        for (size_t j = 0; j < columns; j++) row[j] = a[j];
        for (size_t i = 0; i < columns; i++)
            if (row[i] != 0) double_add_scaled(gram + i * columns, row, row[i], i + 1);
    }
    for (size_t i = 0; i < columns; i++)
        for (size_t j = 0; j < i; j++) gram[j * columns + i] = gram[i * columns + j];
}

COVEY_CLONES
void covey_multiply_in_double(
    float *c, const float *a, const double *b, size_t rows, size_t inner, size_t columns,
    double *row) {
    for (size_t p = 0; p < rows; p++, a += inner, c += columns) {
        memset(row, 0, columns * sizeof(double));
        for (size_t i = 0; i < inner; i++)
            if (a[i] != 0) double_add_scaled(row, b + i * columns, a[i], columns);
        for (size_t j = 0; j < columns; j++) c[j] = (float)row[j];
    }
}
