#include "fixed_point.h"
#include "targets.h"
#include <string.h>

COVEY_CLONES
void covey_accumulate_fixed(
    int64_t *restrict sum, const float *restrict values, double scale, size_t count
) {
    // Adding 1.5 * 2^52 leaves the rounded integer in the low bits of the mantissa.
    const double shift = 0x1.8p52;
    int64_t shiftBits;
    memcpy(&shiftBits, &shift, sizeof shift);
    for (size_t i = 0; i < count; i++) {
        double shifted = (double)values[i] * scale + shift;
        int64_t bits;
        memcpy(&bits, &shifted, sizeof shifted);
        sum[i] += bits - shiftBits;
    }
}
