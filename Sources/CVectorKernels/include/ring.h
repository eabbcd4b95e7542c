#pragma once
#include <stddef.h>
#include <stdint.h>

/// sum[i] += terms[i] in Z_2^32.
void covey_ring_add(uint32_t *sum, const uint32_t *terms, size_t count);
/// sum[i] -= terms[i] in Z_2^32.
void covey_ring_subtract(uint32_t *sum, const uint32_t *terms, size_t count);
/// Writes the low `bits` bits of each value one after the other, least significant first;
/// `packed` has (count * bits + 7) / 8 bytes.
void covey_ring_pack(uint8_t *packed, const uint32_t *values, size_t count, unsigned bits);
/// The inverse of covey_ring_pack.
void covey_ring_unpack(uint32_t *values, const uint8_t *packed, size_t count, unsigned bits);
