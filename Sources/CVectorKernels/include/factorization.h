#pragma once

#include <stddef.h>
#include <stdint.h>

/// The largest `stride` of `covey_factorization_descend`.
#define COVEY_MOST_DIMENSIONS 512

/// The most batches of `covey_factorization_steps`.
#define COVEY_MOST_STEPS 8

/// Copies `count` rows of `width` floats, given by number, to rows `stride` apart (a multiple of 16,
/// at least `width`), padded with zeros.
void covey_gather_rows(
    float *target, size_t stride, const float *source, size_t width, const int32_t *numbers,
    size_t count);

/// Turns gathered rows in place into how far they are from the rows that they came from, count ×
/// width without padding. Returns the sum of squares.
double covey_row_changes(
    float *rows, size_t stride, const float *source, size_t width, const int32_t *numbers,
    size_t count);

/// Stochastic gradient descent on a matrix factorisation model's user vector and gathered item rows
/// (rows `stride` floats apart, `stride` a multiple of 16).
///
/// Each of the `positives` examples has `candidates` rows: the positive one and its negatives. Batch
/// b covers the next `batch` examples (the last one fewer, n in all) with the block of
/// n * candidates numbers in `slots`: first the positive row of each example, then each one's first
/// negative, and so on. The loss of a batch is summed over its examples: cross-entropy of
/// sigmoid(row · user), or with `softmax` of the softmax over an example's candidates.
///
/// After each batch, rows move by -item_rate × gradient, the user vector by -user_rate × (gradient +
/// user_decay × user); both gradients are taken before either moves. If `fixed` is under `stride`,
/// the user's coordinate of that number keeps its value. `coefficients` is scratch for
/// candidates * (batch + 15) floats, batch taken as at most positives.
void covey_factorization_descend(
    float *rows, size_t stride, float *user, size_t fixed, const int32_t *slots, size_t positives,
    size_t batch, size_t candidates, int softmax, float item_rate, float user_rate,
    float user_decay, float *coefficients);

/// The same descent in up to COVEY_MOST_STEPS batches, without moving a row: all that a row moves by is
/// a combination of the user vectors that the batches began with, and rows are read where they are.
///
/// Number s in `slots` is row places[s] of `rows`. `users` has (batches + 1) × stride floats, of which
/// the first are the user vector; after the call, vector b is that after b batches. `steps` has
/// COVEY_MOST_STEPS floats for each s, all 0; after the call, row places[s] would have moved by the sum
/// of steps[s * COVEY_MOST_STEPS + b] times vector b.
void covey_factorization_steps(
    const float *rows, size_t stride, const int32_t *places, float *users, size_t fixed,
    const int32_t *slots, size_t positives, size_t batch, size_t candidates, int softmax,
    float item_rate, float user_rate, float user_decay, float *coefficients, float *steps);

/// What `covey_factorization_steps` would have moved `count` rows by, count × width values and room for
/// stride - width more after them.
void covey_factorization_moves(
    float *target, size_t width, const float *steps, size_t count, const float *users,
    size_t stride, size_t batches);

/// The sum of squares of what `covey_factorization_moves` writes.
double covey_factorization_norm(
    const float *steps, size_t count, const float *users, size_t stride, size_t batches);

/// Adds `factor` times what `covey_factorization_moves` would write, rounded as by
/// `covey_accumulate_rows`, to rows of a sum of `stride` columns.
void covey_accumulate_moves(
    int32_t *sum, const int32_t *rows, size_t count, const float *steps, const float *users,
    size_t stride, size_t batches, float factor);

/// scores[i] = the inner product of row i (rows of `width` floats, one after the other) and user.
void covey_row_scores(
    float *scores, const float *rows, size_t count, size_t width, const float *user);
