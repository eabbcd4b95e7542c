#pragma once
#include <stddef.h>

/// The sum of squares, added up in double precision over eight lanes.
double covey_squared_norm(const float *values, size_t count);
