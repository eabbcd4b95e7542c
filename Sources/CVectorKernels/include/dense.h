#pragma once

#include <stddef.h>

/// The number of floats of scratch that `covey_gemm` needs.
size_t covey_gemm_workspace(void);

/// c (rows × columns, row-major) = op(a) · op(b). The element (i, p) of op(a) is
/// `a[i * a_row_stride + p * a_column_stride]`, that of op(b) likewise, so that a transposed
/// operand is one with its strides exchanged. Blocked as in Goto and van de Geijn,
/// "Anatomy of high-performance matrix multiplication", ACM TOMS 34(3), 2008.
void covey_gemm(
    size_t rows, size_t inner, size_t columns,
    const float *a, size_t a_row_stride, size_t a_column_stride,
    const float *b, size_t b_row_stride, size_t b_column_stride,
    float *c, float *workspace);

/// The inner product of x and y.
double covey_double_dot(const double *x, const double *y, size_t count);

/// y += alpha x.
void covey_double_add_scaled(double *y, const double *x, double alpha, size_t count);

/// (x, y) := (cosine x + sine y, cosine y - sine x).
void covey_double_rotate(double *x, double *y, double cosine, double sine, size_t count);

/// y = a x, where a is rows × columns with rows `stride` apart.
void covey_double_matrix_vector(
    double *y, const double *a, size_t stride, const double *x, size_t rows, size_t columns);

/// a -= v w^T + w v^T, where a is count × count with rows `stride` apart.
void covey_double_rank_two(
    double *a, size_t stride, const double *v, const double *w, size_t count);

/// Each row r of a (count × count, rows `stride` apart) becomes r - beta (r · v) v.
void covey_double_reflect_rows(
    double *a, size_t stride, const double *v, double beta, size_t count);

/// gram (columns × columns) = a^T a, accumulated in double. `row` is scratch for `columns` doubles.
void covey_gram_in_double(
    double *gram, const float *a, size_t rows, size_t columns, double *row);

/// c (rows × columns) = a (rows × inner) · b (inner × columns), accumulated in double.
/// `row` is scratch for `columns` doubles.
void covey_multiply_in_double(
    float *c, const float *a, const double *b, size_t rows, size_t inner, size_t columns,
    double *row);
