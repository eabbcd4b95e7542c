#pragma once
#include <stddef.h>
#include <stdint.h>

/// Writes the low `bits` bits, 1 to 32, of each value one after the other, least significant first;
/// `packed` has (count * bits + 7) / 8 bytes. Bits beyond the last value are zero.
void covey_pack32(uint8_t *packed, const uint32_t *values, size_t count, unsigned bits);
/// The same for `bits` of 1 to 16.
void covey_pack16(uint8_t *packed, const uint16_t *values, size_t count, unsigned bits);
/// sum[i] += values[i] in Z_2^32, where `packed` is what covey_pack32 makes of values.
void covey_unpack_add32(uint32_t *sum, const uint8_t *packed, size_t count, unsigned bits);
/// sum[i] += values[i] in Z_2^16, where `packed` is what covey_pack16 makes of values.
void covey_unpack_add16(uint16_t *sum, const uint8_t *packed, size_t count, unsigned bits);
