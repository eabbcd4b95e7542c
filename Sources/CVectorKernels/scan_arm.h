// NEON with its dot products, of scan.c.

#define NEON_DOT __attribute__((target("dotprod")))

typedef __fp16 halves16 __attribute__((ext_vector_type(16), aligned(2)));

INLINE void halves_neon(
    const uint8_t *bytes, size_t groups, const float *query, floats16 *result) {
    floats16 even = 0, odd = 0;
    for (size_t group = 0; group < groups; group += 2, bytes += 64) {
        prefetch(bytes, PAGE);
        halves16 first = *(const halves16 *)bytes, second = *(const halves16 *)(bytes + 32);
        even += query[group] * __builtin_convertvector(first, floats16);
        odd += query[group + 1] * __builtin_convertvector(second, floats16);
    }
    *result = even + odd;
}

INLINE int8x16_t spread(const int8_t *four) {
    int32_t word;
    memcpy(&word, four, sizeof word);
    return vreinterpretq_s8_s32(vdupq_n_s32(word));
}

// The dot product takes signed values: those stored less 128, which the offset has in it, so that
// it is added back.
NEON_DOT INLINE void bytes_neon(
    const uint8_t *bytes, size_t groups, const int8_t *query, int32_t offset, ints16 *result) {
    (void)offset;
    const uint8x16_t flip = vdupq_n_u8(0x80);
    int32x4_t sums[4] = {vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)};
    for (size_t group = 0; group < groups; group++, bytes += 64, query += 4) {
        prefetch(bytes, LINES);
        int8x16_t factors = spread(query);
        for (int i = 0; i < 4; i++) {
            uint8x16_t values = veorq_u8(vld1q_u8(bytes + 16 * i), flip);
            sums[i] = vdotq_s32(sums[i], vreinterpretq_s8_u8(values), factors);
        }
    }
    memcpy(result, sums, sizeof sums);
}

NEON_DOT INLINE void nibbles_neon(
    const uint8_t *bytes, size_t groups, const int8_t *query, int32_t offset, ints16 *result) {
    const uint8x16_t mask = vdupq_n_u8(15);
    int32x4_t start = vdupq_n_s32(offset);
    int32x4_t sums[4] = {start, start, start, start};
    for (size_t group = 0; group < groups; group++, bytes += 64, query += 8) {
        prefetch(bytes, PAGE);
        int8x16_t even = spread(query), odd = spread(query + 4);
        for (int i = 0; i < 4; i++) {
            uint8x16_t values = vld1q_u8(bytes + 16 * i);
            int8x16_t low = vreinterpretq_s8_u8(vandq_u8(values, mask));
            int8x16_t high = vreinterpretq_s8_u8(vshrq_n_u8(values, 4));
            sums[i] = vdotq_s32(vdotq_s32(sums[i], low, even), high, odd);
        }
    }
    memcpy(result, sums, sizeof sums);
}

INLINE void pack_neon(const floats16 *values, unsigned mask, float *to) {
    uint8x16_t quads[4];
    memcpy(quads, values, sizeof quads);
    for (size_t i = 0; i < 4; i++, mask >>= 4) {
        vst1q_u8((uint8_t *)to, vqtbl1q_u8(quads[i], vld1q_u8(packing[mask & 15])));
        to += __builtin_popcount(mask & 15);
    }
}

#define NAME(name) name##_neon
#define TARGET NEON_DOT
#define HALVES halves_neon
#define BYTES bytes_neon
#define NIBBLES nibbles_neon
#define PACK pack_neon
#include "scan_lanes.h"
