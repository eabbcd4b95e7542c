#include "scan.h"
#include "targets.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#endif

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tables are little-endian");

// Products and sums round apart on every target, so that all give the same bits.
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// Reads ahead: what is soon added up by four lines, what takes longer by a page, at the end of which
// the processor's own prefetching stops. Over a streaming read of a million rows on AVX2, best of 25,
// floats take 1.06 to 1.09 times as long with four lines and 1.18 to 1.25 with a page, bytes 1.12 to
// 1.15 and 1.19 to 1.48; nibbles, best of nine, 1.44 with four lines and 1.07 to 1.16 with a page.
#define LINES 256
#define PAGE 4096
INLINE void prefetch(const uint8_t *bytes, size_t ahead) { __builtin_prefetch(bytes + ahead); }

typedef float floats16 __attribute__((ext_vector_type(16), aligned(4)));
typedef int32_t ints16 __attribute__((ext_vector_type(16)));
typedef int32_t ints8 __attribute__((ext_vector_type(8)));
typedef int16_t signed16 __attribute__((ext_vector_type(16)));
typedef uint8_t bytes16 __attribute__((ext_vector_type(16)));
typedef int8_t bytes4 __attribute__((ext_vector_type(4)));
typedef uint32_t words16 __attribute__((ext_vector_type(16)));
typedef uint16_t shorts16 __attribute__((ext_vector_type(16), aligned(2)));
typedef _Bool lanes16 __attribute__((ext_vector_type(16)));

INLINE size_t group_bytes(enum covey_scan_kind kind) {
    return kind == COVEY_SCAN_HALF ? 32 : 64;
}

INLINE int has_scales(enum covey_scan_kind kind) {
    return kind != COVEY_SCAN_FLOAT && kind != COVEY_SCAN_HALF;
}

// Vectors go in and out of functions by address, as their registers differ from target to target.

/// One bit for each value above the threshold.
INLINE unsigned lanes_above(const floats16 *values, float threshold) {
    lanes16 above = __builtin_convertvector(*values > threshold, lanes16);
    uint16_t bits;
    memcpy(&bits, &above, sizeof bits);
    return bits;
}

/// Halves as floats; infinities and NaN, which tables do not hold, become large numbers.
INLINE void from_halves(const uint8_t *halves, floats16 *floats) {
    words16 wide = __builtin_convertvector(*(const shorts16 *)halves, words16);
    words16 magnitude = (wide & 0x7fff) << 13, sign = (wide & 0x8000) << 16;
    floats16 values;
    memcpy(&values, &magnitude, sizeof values);
    values *= 0x1p112f;
    words16 bits;
    memcpy(&bits, &values, sizeof bits);
    bits |= sign;
    memcpy(floats, &bits, sizeof bits);
}

INLINE void halves_portable(
    const uint8_t *bytes, size_t groups, const float *query, floats16 *result) {
    floats16 even = 0, odd = 0;
    for (size_t group = 0; group < groups; group += 2, bytes += 64) {
        floats16 first, second;
        from_halves(bytes, &first);
        from_halves(bytes + 32, &second);
        even += query[group] * first;
        odd += query[group + 1] * second;
    }
    *result = even + odd;
}

/// Four numbers of the query, once for each of four items.
INLINE void spread_portable(const int8_t *query, signed16 *factors) {
    bytes4 four;
    memcpy(&four, query, sizeof four);
    *factors = __builtin_convertvector(
        __builtin_shufflevector(four, four, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3),
        signed16);
}

/// Adds neighbours among products in 16 bits to sums in 32.
INLINE void add_pairs(ints8 *sums, const signed16 *products) {
    ints8 pairs;
    memcpy(&pairs, products, sizeof pairs);
    *sums += (pairs << 16 >> 16) + (pairs >> 16);
}

/// Each item's sum of two pairs.
INLINE void fold(const ints8 *sums, int32_t offset, ints16 *result) {
    const int32_t *pairs = (const int32_t *)sums;
    for (size_t item = 0; item < 16; item++)
        (*result)[item] = pairs[2 * item] + pairs[2 * item + 1] + offset;
}

// 255 * 127 fits 16 bits.
INLINE void bytes_portable(
    const uint8_t *bytes, size_t groups, const int8_t *query, int32_t offset, ints16 *result) {
    ints8 sums[4] = {0, 0, 0, 0};
    for (size_t group = 0; group < groups; group++, bytes += 64, query += 4) {
        signed16 factors;
        spread_portable(query, &factors);
        UNROLL for (size_t i = 0; i < 4; i++) {
            bytes16 values = *(const bytes16 *)(bytes + 16 * i);
            signed16 products = __builtin_convertvector(values, signed16) * factors;
            add_pairs(&sums[i], &products);
        }
    }
    fold(sums, offset, result);
}

INLINE void nibbles_portable(
    const uint8_t *bytes, size_t groups, const int8_t *query, int32_t offset, ints16 *result) {
    ints8 sums[4] = {0, 0, 0, 0};
    for (size_t group = 0; group < groups; group++, bytes += 64, query += 8) {
        signed16 even, odd;
        spread_portable(query, &even);
        spread_portable(query + 4, &odd);
        UNROLL for (size_t i = 0; i < 4; i++) {
            bytes16 values = *(const bytes16 *)(bytes + 16 * i);
            signed16 products = __builtin_convertvector(values & 15, signed16) * even
                + __builtin_convertvector(values >> 4, signed16) * odd;
            add_pairs(&sums[i], &products);
        }
    }
    fold(sums, offset, result);
}

INLINE void pack_portable(const floats16 *values, unsigned mask, float *to) {
    float all[16];
    memcpy(all, values, sizeof all);
    for (size_t count = 0; mask; mask &= mask - 1)
        memcpy(&to[count++], &all[__builtin_ctz(mask)], sizeof(float));
}

#define NAME(name) name##_portable
#define TARGET
#define HALVES halves_portable
#define BYTES bytes_portable
#define NIBBLES nibbles_portable
#define PACK pack_portable
#include "scan_lanes.h"

/// Moves those of four values whose bits are set to the front, as shuffles of bytes want it.
#define LANE(i) 4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3
static const _Alignas(16) uint8_t packing[16][16] = {
    {0}, {LANE(0)}, {LANE(1)}, {LANE(0), LANE(1)},
    {LANE(2)}, {LANE(0), LANE(2)}, {LANE(1), LANE(2)}, {LANE(0), LANE(1), LANE(2)},
    {LANE(3)}, {LANE(0), LANE(3)}, {LANE(1), LANE(3)}, {LANE(0), LANE(1), LANE(3)},
    {LANE(2), LANE(3)}, {LANE(0), LANE(2), LANE(3)}, {LANE(1), LANE(2), LANE(3)},
    {LANE(0), LANE(1), LANE(2), LANE(3)},
};

#if defined(__x86_64__)
#include "scan_x86.h"
#elif defined(__aarch64__)
#include "scan_arm.h"
#endif

int covey_scan_has(enum covey_scan_target target) {
    switch (target) {
    case COVEY_SCAN_PORTABLE: return 1;
#if defined(__x86_64__)
    case COVEY_SCAN_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c");
    case COVEY_SCAN_AVX512_VNNI:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
#elif defined(__aarch64__) && defined(__linux__)
    case COVEY_SCAN_NEON_DOT: return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#elif defined(__aarch64__)
    // Every processor of Apple's that runs macOS has it.
    case COVEY_SCAN_NEON_DOT: return 1;
#endif
    default: return 0;
    }
}

enum covey_scan_target covey_scan_best(void) {
    if (covey_scan_has(COVEY_SCAN_NEON_DOT)) return COVEY_SCAN_NEON_DOT;
    if (covey_scan_has(COVEY_SCAN_AVX512_VNNI)) return COVEY_SCAN_AVX512_VNNI;
    if (covey_scan_has(COVEY_SCAN_AVX2)) return COVEY_SCAN_AVX2;
    return COVEY_SCAN_PORTABLE;
}

size_t covey_scan_blocks(
    enum covey_scan_target target, const struct covey_scan *scan, size_t block, size_t end,
    float threshold, struct covey_candidates *found) {
    if (covey_scan_has(target)) {
        switch (target) {
#if defined(__x86_64__)
        case COVEY_SCAN_AVX2: return scan_blocks_avx2(scan, block, end, threshold, found);
        case COVEY_SCAN_AVX512_VNNI:
            return scan_blocks_avx512(scan, block, end, threshold, found);
#elif defined(__aarch64__)
        case COVEY_SCAN_NEON_DOT: return scan_blocks_neon(scan, block, end, threshold, found);
#endif
        default: break;
        }
    }
    return scan_blocks_portable(scan, block, end, threshold, found);
}
