#include "packing.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "packed values are little-endian");

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// Values go by groups of 8, which are `bits` whole bytes. With constants for `bits` and the `size`
// of an element, every shift, mask and address in a group is a constant too: hence a copy for each.

/// The low `bits` bits of each of the elements that `word` holds, one after the other.
INLINE uint64_t squeeze(uint64_t word, unsigned size, unsigned bits) {
    UNROLL for (unsigned field = 8 * size; field < 64; field *= 2, bits *= 2) {
        uint64_t even = (UINT64_C(1) << bits) - 1;
        if (field == 16) even |= even << 32;
        word = (word & even) | (word >> (field - bits) & even << bits);
    }
    return word;
}

INLINE void pack_group(uint8_t *packed, const uint8_t *values, unsigned size, unsigned bits) {
    // As many bits as 8 bytes of elements have.
    const unsigned width = 8 * bits / size;
    uint64_t word = 0, before = 0;
    unsigned held = 0, written = 0;
    UNROLL for (unsigned i = 0; i < size; i++) {
        uint64_t next;
        memcpy(&next, values + 8 * i, 8);
        next = squeeze(next, size, bits);
        word |= next << held;
        held += width;
        if (held >= 64) {
            memcpy(packed + written, &word, 8);
            written += 8;
            held -= 64;
            before = word;
            word = held > 0 ? next >> (width - held) : 0;
        }
    }
    if (held == 0) return;
    if (written == 0) {
        memcpy(packed, &word, bits);
    } else {
        // The last 8 bytes, some of them for the second time.
        word = before >> held | word << (64 - held);
        memcpy(packed + bits - 8, &word, 8);
    }
}

INLINE void unpack_group(uint8_t *sum, const uint8_t *packed, unsigned size, unsigned bits) {
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    UNROLL for (unsigned i = 0; i < 8; i++) {
        // The 8 bytes from the value's first one on, or the group's last 8.
        const unsigned first = bits < 8 ? 0 : i * bits / 8 < bits - 8 ? i * bits / 8 : bits - 8;
        uint64_t word = 0;
        memcpy(&word, packed + first, bits < 8 ? bits : 8);
        word = word >> (i * bits - 8 * first) & mask;
        uint32_t total = 0;
        memcpy(&total, sum + i * size, size);
        total += (uint32_t)word;
        memcpy(sum + i * size, &total, size);
    }
}

INLINE void pack(
    uint8_t *packed, const void *values, size_t count, unsigned size, unsigned bits) {
    const uint8_t *from = values;
    for (; count >= 8; count -= 8, from += 8 * size, packed += bits)
        pack_group(packed, from, size, bits);
    if (count == 0) return;
    uint8_t last[8 * 4] = {0}, group[32];
    memcpy(last, from, count * size);
    pack_group(group, last, size, bits);
    memcpy(packed, group, (count * bits + 7) / 8);
}

INLINE void unpack_add(
    void *sum, const uint8_t *packed, size_t count, unsigned size, unsigned bits) {
    uint8_t *to = sum;
    for (; count >= 8; count -= 8, to += 8 * size, packed += bits)
        unpack_group(to, packed, size, bits);
    if (count == 0) return;
    uint8_t last[8 * 4] = {0}, group[32] = {0};
    memcpy(last, to, count * size);
    memcpy(group, packed, (count * bits + 7) / 8);
    unpack_group(last, group, size, bits);
    memcpy(to, last, count * size);
}

#define WIDTH(n, function, ...) case n: function(__VA_ARGS__, n); break;
#define WIDTHS_16(...) \
    WIDTH(1, __VA_ARGS__) WIDTH(2, __VA_ARGS__) WIDTH(3, __VA_ARGS__) WIDTH(4, __VA_ARGS__) \
    WIDTH(5, __VA_ARGS__) WIDTH(6, __VA_ARGS__) WIDTH(7, __VA_ARGS__) WIDTH(8, __VA_ARGS__) \
    WIDTH(9, __VA_ARGS__) WIDTH(10, __VA_ARGS__) WIDTH(11, __VA_ARGS__) WIDTH(12, __VA_ARGS__) \
    WIDTH(13, __VA_ARGS__) WIDTH(14, __VA_ARGS__) WIDTH(15, __VA_ARGS__) WIDTH(16, __VA_ARGS__)
#define WIDTHS_32(...) \
    WIDTHS_16(__VA_ARGS__) \
    WIDTH(17, __VA_ARGS__) WIDTH(18, __VA_ARGS__) WIDTH(19, __VA_ARGS__) WIDTH(20, __VA_ARGS__) \
    WIDTH(21, __VA_ARGS__) WIDTH(22, __VA_ARGS__) WIDTH(23, __VA_ARGS__) WIDTH(24, __VA_ARGS__) \
    WIDTH(25, __VA_ARGS__) WIDTH(26, __VA_ARGS__) WIDTH(27, __VA_ARGS__) WIDTH(28, __VA_ARGS__) \
    WIDTH(29, __VA_ARGS__) WIDTH(30, __VA_ARGS__) WIDTH(31, __VA_ARGS__) WIDTH(32, __VA_ARGS__)

void covey_pack32(uint8_t *packed, const uint32_t *values, size_t count, unsigned bits) {
    switch (bits) { WIDTHS_32(pack, packed, values, count, 4) }
}

void covey_pack16(uint8_t *packed, const uint16_t *values, size_t count, unsigned bits) {
    switch (bits) { WIDTHS_16(pack, packed, values, count, 2) }
}

void covey_unpack_add32(uint32_t *sum, const uint8_t *packed, size_t count, unsigned bits) {
    switch (bits) { WIDTHS_32(unpack_add, sum, packed, count, 4) }
}

void covey_unpack_add16(uint16_t *sum, const uint8_t *packed, size_t count, unsigned bits) {
    switch (bits) { WIDTHS_16(unpack_add, sum, packed, count, 2) }
}
