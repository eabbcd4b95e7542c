#include "norm.h"
#include "targets.h"

typedef double vector8 __attribute__((ext_vector_type(8)));
typedef float floats8 __attribute__((ext_vector_type(8), aligned(4)));

COVEY_CLONES
double covey_squared_norm(const float *values, size_t count) {
    vector8 lanes = 0;
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        vector8 x = __builtin_convertvector(*(const floats8 *)(values + i), vector8);
        lanes += x * x;
    }
    double sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
        + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    for (; i < count; i++) sum += (double)values[i] * (double)values[i];
    return sum;
}
