#pragma once
#include <stddef.h>
#include <stdint.h>

/// Draws `count` samples of a symmetric distribution by inversion. The sign of a sample is the lowest bit of its
/// word, its magnitude the first m for which the word's upper bits, `word >> uniform_shift`, are below
/// thresholds[m]; the search starts at guide[word >> guide_shift] and takes one step at most.
///
/// Returns how many samples one step does not decide, and writes their indices, ascending, to `undecided`, which
/// has room for `count`.
size_t covey_sample_by_inversion(
    int32_t *samples, uint32_t *undecided, const uint32_t *words, size_t count,
    const uint16_t *guide, unsigned guide_shift, const uint32_t *thresholds,
    unsigned uniform_shift);
