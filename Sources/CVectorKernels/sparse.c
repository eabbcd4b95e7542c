#include "sparse.h"
#include "targets.h"

typedef float vector16 __attribute__((ext_vector_type(16), aligned(4)));

COVEY_CLONES
void covey_sparse_times_dense(
    float *restrict result, const int32_t *starts, const int32_t *columns, const float *weights,
    size_t rows, const float *restrict dense, size_t width
) {
    for (size_t row = 0; row < rows; row++) {
        float *out = result + row * width;
        size_t column = 0;
        // Sixty-four columns at a time stay in registers over the whole row.
        for (; column + 64 <= width; column += 64) {
            vector16 a = 0, b = 0, c = 0, d = 0;
            for (int32_t i = starts[row]; i < starts[row + 1]; i++) {
                const float *in = dense + (size_t)columns[i] * width + column;
                vector16 weight = weights[i];
                a += weight * *(const vector16 *)in;
                b += weight * *(const vector16 *)(in + 16);
                c += weight * *(const vector16 *)(in + 32);
                d += weight * *(const vector16 *)(in + 48);
            }
            *(vector16 *)(out + column) = a;
            *(vector16 *)(out + column + 16) = b;
            *(vector16 *)(out + column + 32) = c;
            *(vector16 *)(out + column + 48) = d;
        }
        for (; column + 16 <= width; column += 16) {
            vector16 a = 0;
            for (int32_t i = starts[row]; i < starts[row + 1]; i++) {
                vector16 weight = weights[i];
                a += weight * *(const vector16 *)(dense + (size_t)columns[i] * width + column);
            }
            *(vector16 *)(out + column) = a;
        }
        for (; column < width; column++) {
            float sum = 0;
            for (int32_t i = starts[row]; i < starts[row + 1]; i++)
                sum += weights[i] * dense[(size_t)columns[i] * width + column];
            out[column] = sum;
        }
    }
}
