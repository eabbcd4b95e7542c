#include "multiply.h"

#include <string.h>

#include "panels.h"

enum { BLOCK_INNER = 256 };

size_t covey_multiply_workspace(void) { return (size_t)BLOCK_INNER * PANEL_COLUMNS; }

COVEY_CLONES
void covey_multiply(
    size_t rows, size_t inner, size_t columns, struct covey_matrix a, struct covey_matrix b,
    float *c, size_t stride, int accumulate, float *workspace) {
    if (inner == 0 && !accumulate)
        for (size_t i = 0; i < rows; i++) memset(c + i * stride, 0, columns * sizeof(float));
    for (size_t first = 0; first < inner; first += BLOCK_INNER) {
        const size_t depth = smaller(BLOCK_INNER, inner - first);
        const float *left = a.values + first * a.column_stride;
        for (size_t j = 0; j < columns; j += PANEL_COLUMNS) {
            const size_t width = smaller(PANEL_COLUMNS, columns - j);
            const float *right = b.values + first * b.row_stride + j * b.column_stride;
            size_t distance = b.row_stride;
            // A few rows do not repay packing.
            if (b.column_stride != 1 || width < PANEL_COLUMNS || rows > 2 * PANEL_ROWS) {
                pack_columns(workspace, right, b.row_stride, b.column_stride, depth, width);
                right = workspace;
                distance = PANEL_COLUMNS;
            }
            for (size_t i = 0; i < rows; i += PANEL_ROWS)
                multiply_panel(
                    smaller(PANEL_ROWS, rows - i), depth, left + i * a.row_stride, a.row_stride,
                    a.column_stride, right, distance, c + i * stride + j, stride, width,
                    accumulate || first > 0);
        }
    }
}
