#pragma once
#include <stddef.h>
#include <stdint.h>

/// sum[i] += terms[i] in Z_2^16 and Z_2^32.
void covey_ring_add16(uint16_t *sum, const uint16_t *terms, size_t count);
void covey_ring_add32(uint32_t *sum, const uint32_t *terms, size_t count);
/// sum[i] += terms[i], or -= where `negative` is not 0, in Z_2^16 and Z_2^32.
void covey_ring_combine16(uint16_t *sum, const int32_t *terms, size_t count, int negative);
void covey_ring_combine32(uint32_t *sum, const int32_t *terms, size_t count, int negative);
