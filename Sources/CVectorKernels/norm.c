#include "norm.h"
#include "targets.h"

typedef double vector8 __attribute__((ext_vector_type(8)));
typedef float floats8 __attribute__((ext_vector_type(8), aligned(4)));

COVEY_CLONES
double covey_squared_norm(const float *values, size_t count) {
    // Four sums side by side, so that no addition waits for the one before.
    vector8 sums[4] = {0};
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        for (size_t s = 0; s < 4; s++) {
            vector8 x = __builtin_convertvector(*(const floats8 *)(values + i + 8 * s), vector8);
            sums[s] += x * x;
        }
    }
    vector8 lanes = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (; i + 8 <= count; i += 8) {
        vector8 x = __builtin_convertvector(*(const floats8 *)(values + i), vector8);
        lanes += x * x;
    }
    double sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
        + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    for (; i < count; i++) sum += (double)values[i] * (double)values[i];
    return sum;
}
