#pragma once

#include "wide.h"

// A number of a place: multiplications by odd constants between shifts, Wellons's "lowbias32".
INLINED uint32_t draw(uint32_t place, uint32_t seed) {
    uint32_t x = place * 0x9E3779B1u + seed;
    x = (x ^ x >> 16) * 0x7FEB352Du;
    x = (x ^ x >> 15) * 0x846CA68Bu;
    return x ^ x >> 16;
}

// Dropout of the places from `first` on: what is dropped is drawn again where gradients go back,
// rather than kept.
INLINED void drop(
    float *y, const float *x, size_t count, float rate, uint32_t seed, uint32_t first,
    int accumulate) {
    const uint32_t threshold = (uint32_t)(rate * 0x1p31f);
    const float scale = 1 / (1 - rate);
    if (accumulate)
        for (size_t i = 0; i < count; i++)
            y[i] += draw(first + (uint32_t)i, seed) >> 1 >= threshold ? x[i] * scale : 0;
    else
        for (size_t i = 0; i < count; i++)
            y[i] = draw(first + (uint32_t)i, seed) >> 1 >= threshold ? x[i] * scale : 0;
}
