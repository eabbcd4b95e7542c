#include "fixed_point.h"
#include "wide.h"

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

COVEY_CLONES
void covey_accumulate_rows(
    int32_t *sum, const int32_t *rows, size_t count, size_t width, const float *values,
    float factor
) {
    // Adding 1.5 * 2^23 leaves the rounded integer in the low bits of the mantissa.
    const float shift = 0x1.8p23f;
    const int32_t shiftBits = 0x4B400000;
    for (size_t r = 0; r < count; r++, values += width) {
        if (r + ROWS_AHEAD < count) fetch(sum + (size_t)rows[r + ROWS_AHEAD] * width, width);
        int32_t *row = sum + (size_t)rows[r] * width;
        size_t i = 0;
        for (; i + LANES <= width; i += LANES)
            add_rounded(row + i, (const floats *)(values + i), factor);
        for (; i < width; i++) {
            float shifted = values[i] * factor + shift;
            int32_t bits;
            memcpy(&bits, &shifted, sizeof shifted);
            row[i] += bits - shiftBits;
        }
    }
}

COVEY_CLONES
void covey_take_recent(int64_t *restrict sum, int32_t *restrict recent, int shift, size_t count) {
    for (size_t i = 0; i < count; i++) {
        sum[i] += (int64_t)recent[i] * ((int64_t)1 << shift);
        recent[i] = 0;
    }
}
