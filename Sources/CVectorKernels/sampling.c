#include "sampling.h"

size_t covey_sample_by_inversion(
    int32_t *restrict samples, uint32_t *restrict undecided, const uint32_t *restrict words,
    size_t count, const uint16_t *restrict guide, unsigned guide_shift,
    const uint32_t *restrict thresholds, unsigned uniform_shift
) {
    size_t open = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t word = words[i], uniform = word >> uniform_shift;
        uint32_t magnitude = guide[word >> guide_shift];
        // Without a branch: whether the first boundary of a cell is crossed is a coin toss.
        magnitude += uniform > thresholds[magnitude];
        undecided[open] = (uint32_t)i;
        open += uniform >= thresholds[magnitude];
        uint32_t sign = word & 1;
        samples[i] = (int32_t)((magnitude ^ (0 - sign)) + sign);
    }
    return open;
}
