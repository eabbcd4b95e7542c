#include "recurrent.h"

#include <string.h>

#include "multiply.h"
#include "wide.h"

// Scratch: the states before a step and their products or gradients for all runs, and the room that
// products need.
size_t covey_recurrence_workspace(const struct covey_recurrence *recurrence) {
    return recurrence->runs * 4 * recurrence->width + covey_multiply_workspace();
}

INLINED float sigmoid(float x) { return 1 / (1 + __builtin_expf(-x)); }

// The rows of all runs longer than `step`, at that step; returns how many.
INLINED size_t longest(const struct covey_recurrence *recurrence) {
    size_t most = 0;
    for (size_t run = 0; run < recurrence->runs; run++) {
        size_t rows = (size_t)(recurrence->starts[run + 1] - recurrence->starts[run]);
        most = rows > most ? rows : most;
    }
    return most;
}

INLINED int has(const struct covey_recurrence *recurrence, size_t run, size_t step, size_t *row) {
    *row = (size_t)recurrence->starts[run] + step;
    return *row < (size_t)recurrence->starts[run + 1];
}

void covey_recur(
    const struct covey_recurrence *recurrence, float *h, float *gates, const float *inputs,
    const float *u, const float *c, float *workspace) {
    const size_t width = recurrence->width, steps = longest(recurrence);
    float *states = workspace, *products = states + recurrence->runs * width;
    float *scratch = products + recurrence->runs * 3 * width;
    for (size_t step = 0; step < steps; step++) {
        size_t active = 0, row;
        for (size_t run = 0; run < recurrence->runs; run++) {
            if (!has(recurrence, run, step, &row)) continue;
            if (step == 0) memset(states + active * width, 0, width * sizeof(float));
            else memcpy(states + active * width, h + (row - 1) * width, width * sizeof(float));
            memcpy(products + active * 3 * width, c, 3 * width * sizeof(float));
            active++;
        }
        covey_multiply(
            active, width, 3 * width, (struct covey_matrix){states, width, 1},
            (struct covey_matrix){u, 3 * width, 1}, products, 3 * width, 1, scratch);
        active = 0;
        for (size_t run = 0; run < recurrence->runs; run++) {
            if (!has(recurrence, run, step, &row)) continue;
            const float *input = inputs + row * 3 * width, *product = products + active * 3 * width;
            float *gate = gates + row * 4 * width;
            for (size_t j = 0; j < width; j++) {
                const float r = sigmoid(input[j] + product[j]);
                const float z = sigmoid(input[width + j] + product[width + j]);
                const float pushed = product[2 * width + j];
                const float n = 2 * sigmoid(2 * (input[2 * width + j] + r * pushed)) - 1;
                gate[j] = r;
                gate[width + j] = z;
                gate[2 * width + j] = n;
                gate[3 * width + j] = pushed;
                h[row * width + j] = (1 - z) * n + z * states[active * width + j];
            }
            active++;
        }
    }
}

void covey_recur_backward(
    const struct covey_recurrence *recurrence, float *d_inputs, float *d_u, float *d_c, float *d_h,
    const float *h, const float *gates, const float *u, float *workspace) {
    const size_t width = recurrence->width;
    float *states = workspace, *slopes = states + recurrence->runs * width;
    float *scratch = slopes + recurrence->runs * 3 * width;
    for (size_t step = longest(recurrence); step-- > 0;) {
        size_t active = 0, row;
        for (size_t run = 0; run < recurrence->runs; run++) {
            if (!has(recurrence, run, step, &row)) continue;
            float *state = states + active * width, *slope = slopes + active * 3 * width;
            if (step == 0) memset(state, 0, width * sizeof(float));
            else memcpy(state, h + (row - 1) * width, width * sizeof(float));
            const float *gate = gates + row * 4 * width, *above = d_h + row * width;
            float *d_input = d_inputs + row * 3 * width;
            for (size_t j = 0; j < width; j++) {
                const float r = gate[j], z = gate[width + j], n = gate[2 * width + j];
                const float d_n = above[j] * (1 - z) * (1 - n * n);
                const float d_z = above[j] * (state[j] - n) * z * (1 - z);
                const float d_r = d_n * gate[3 * width + j] * r * (1 - r);
                d_input[j] += slope[j] = d_r;
                d_input[width + j] += slope[width + j] = d_z;
                d_input[2 * width + j] += d_n;
                slope[2 * width + j] = d_n * r;
                if (step > 0) d_h[(row - 1) * width + j] += above[j] * z;
            }
            for (size_t j = 0; j < 3 * width; j++) d_c[j] += slope[j];
            active++;
        }
        covey_multiply(
            width, active, 3 * width, (struct covey_matrix){states, 1, width},
            (struct covey_matrix){slopes, 3 * width, 1}, d_u, 3 * width, 1, scratch);
        if (step == 0) continue;
        covey_multiply(
            active, 3 * width, width, (struct covey_matrix){slopes, 3 * width, 1},
            (struct covey_matrix){u, 1, 3 * width}, states, width, 0, scratch);
        active = 0;
        for (size_t run = 0; run < recurrence->runs; run++) {
            if (!has(recurrence, run, step, &row)) continue;
            for (size_t j = 0; j < width; j++)
                d_h[(row - 1) * width + j] += states[active * width + j];
            active++;
        }
    }
}
