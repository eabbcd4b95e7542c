// AVX2 and AVX-512 of scan.c.

#define AVX2 __attribute__((target("avx2,f16c,popcnt")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,avx2,f16c,popcnt")))

AVX2 INLINE __m256i spread(const int8_t *four) {
    int32_t word;
    memcpy(&word, four, sizeof word);
    return _mm256_set1_epi32(word);
}

AVX2 INLINE void join(ints16 *result, __m256i low, __m256i high) {
    memcpy(result, &low, sizeof low);
    memcpy((uint8_t *)result + sizeof low, &high, sizeof high);
}

AVX2 INLINE void halves_avx2(
    const uint8_t *bytes, size_t groups, const float *query, floats16 *result) {
    __m256 sums[4];
    for (size_t i = 0; i < 4; i++) sums[i] = _mm256_setzero_ps();
    for (size_t group = 0; group < groups; group += 2, bytes += 64) {
        prefetch(bytes, PAGE);
        UNROLL for (size_t i = 0; i < 4; i++) {
            __m256 values = _mm256_cvtph_ps(_mm_load_si128((const __m128i *)(bytes + 16 * i)));
            __m256 factor = _mm256_set1_ps(query[group + i / 2]);
            sums[i] = _mm256_add_ps(sums[i], _mm256_mul_ps(factor, values));
        }
    }
    __m256 low = _mm256_add_ps(sums[0], sums[2]), high = _mm256_add_ps(sums[1], sums[3]);
    memcpy(result, &low, sizeof low);
    memcpy((uint8_t *)result + sizeof low, &high, sizeof high);
}

/// Sums of pairs of products in 16 bits: of eight items in each of two vectors.
struct pairs {
    __m256i low, high;
};

AVX2 INLINE void add_bytes(struct pairs *sum, const uint8_t *bytes, const int8_t *query) {
    prefetch(bytes, LINES);
    __m256i factors = spread(query);
    __m256i low = _mm256_load_si256((const __m256i *)bytes);
    __m256i high = _mm256_load_si256((const __m256i *)(bytes + 32));
    sum->low = _mm256_add_epi16(sum->low, _mm256_maddubs_epi16(low, factors));
    sum->high = _mm256_add_epi16(sum->high, _mm256_maddubs_epi16(high, factors));
}

AVX2 INLINE void add_nibbles(struct pairs *sum, const uint8_t *bytes, const int8_t *query) {
    const __m256i mask = _mm256_set1_epi8(15);
    prefetch(bytes, PAGE);
    __m256i even = spread(query), odd = spread(query + 4);
    __m256i low = _mm256_load_si256((const __m256i *)bytes);
    __m256i high = _mm256_load_si256((const __m256i *)(bytes + 32));
    __m256i low_odd = _mm256_and_si256(_mm256_srli_epi16(low, 4), mask);
    __m256i high_odd = _mm256_and_si256(_mm256_srli_epi16(high, 4), mask);
    low = _mm256_maddubs_epi16(_mm256_and_si256(low, mask), even);
    high = _mm256_maddubs_epi16(_mm256_and_si256(high, mask), even);
    low = _mm256_add_epi16(low, _mm256_maddubs_epi16(low_odd, odd));
    high = _mm256_add_epi16(high, _mm256_maddubs_epi16(high_odd, odd));
    sum->low = _mm256_add_epi16(sum->low, low);
    sum->high = _mm256_add_epi16(sum->high, high);
}

// Sums are widened every `depth` groups, whose products fit 16 bits: of nibbles after four, as
// 8 * 2 * 15 * 127 does, of bytes after two, as the query is rounded for it.
AVX2 INLINE void integers_avx2(
    const uint8_t *bytes, size_t groups, const int8_t *query, int32_t offset, ints16 *result,
    void (*add)(struct pairs *, const uint8_t *, const int8_t *), size_t width, size_t depth) {
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i low = _mm256_set1_epi32(offset), high = low;
    for (; groups >= 4; groups -= 4, bytes += 256, query += 4 * width)
        UNROLL for (size_t first = 0; first < 4; first += depth) {
            struct pairs sum = {_mm256_setzero_si256(), _mm256_setzero_si256()};
            UNROLL for (size_t i = first; i < first + depth; i++)
                add(&sum, bytes + 64 * i, query + width * i);
            low = _mm256_add_epi32(low, _mm256_madd_epi16(sum.low, ones));
            high = _mm256_add_epi32(high, _mm256_madd_epi16(sum.high, ones));
        }
    for (; groups > 0; groups--, bytes += 64, query += width) {
        struct pairs sum = {_mm256_setzero_si256(), _mm256_setzero_si256()};
        add(&sum, bytes, query);
        low = _mm256_add_epi32(low, _mm256_madd_epi16(sum.low, ones));
        high = _mm256_add_epi32(high, _mm256_madd_epi16(sum.high, ones));
    }
    join(result, low, high);
}

AVX2 INLINE void bytes_avx2(
    const uint8_t *bytes, size_t groups, const int8_t *query, int32_t offset, ints16 *result) {
    integers_avx2(bytes, groups, query, offset, result, add_bytes, 4, 2);
}

AVX2 INLINE void nibbles_avx2(
    const uint8_t *bytes, size_t groups, const int8_t *query, int32_t offset, ints16 *result) {
    integers_avx2(bytes, groups, query, offset, result, add_nibbles, 8, 4);
}

AVX2 INLINE void pack_avx2(const floats16 *values, unsigned mask, float *to) {
    __m128i quads[4];
    memcpy(quads, values, sizeof quads);
    UNROLL for (size_t i = 0; i < 4; i++, mask >>= 4) {
        __m128i order = _mm_load_si128((const __m128i *)packing[mask & 15]);
        _mm_storeu_si128((__m128i *)to, _mm_shuffle_epi8(quads[i], order));
        to += __builtin_popcount(mask & 15);
    }
}

#define NAME(name) name##_avx2
#define TARGET AVX2
#define HALVES halves_avx2
#define BYTES bytes_avx2
#define NIBBLES nibbles_avx2
#define PACK pack_avx2
#include "scan_lanes.h"

AVX512 INLINE __m512i spread_wide(const int8_t *four) {
    int32_t word;
    memcpy(&word, four, sizeof word);
    return _mm512_set1_epi32(word);
}

AVX512 INLINE void pack_avx512(const floats16 *values, unsigned mask, float *to) {
    __m512 all;
    memcpy(&all, values, sizeof all);
    _mm512_storeu_ps(to, _mm512_maskz_compress_ps((__mmask16)mask, all));
}

AVX512 INLINE void halves_avx512(
    const uint8_t *bytes, size_t groups, const float *query, floats16 *result) {
    __m512 even = _mm512_setzero_ps(), odd = even;
    for (size_t group = 0; group < groups; group += 2, bytes += 64) {
        prefetch(bytes, PAGE);
        __m512 first = _mm512_cvtph_ps(_mm256_load_si256((const __m256i *)bytes));
        __m512 second = _mm512_cvtph_ps(_mm256_load_si256((const __m256i *)(bytes + 32)));
        even = _mm512_add_ps(even, _mm512_mul_ps(_mm512_set1_ps(query[group]), first));
        odd = _mm512_add_ps(odd, _mm512_mul_ps(_mm512_set1_ps(query[group + 1]), second));
    }
    __m512 sum = _mm512_add_ps(even, odd);
    memcpy(result, &sum, sizeof sum);
}

// Two sums, as one would wait for the latency of its instructions.
AVX512 INLINE void bytes_avx512(
    const uint8_t *bytes, size_t groups, const int8_t *query, int32_t offset, ints16 *result) {
    __m512i even = _mm512_set1_epi32(offset), odd = _mm512_setzero_si512();
    for (; groups >= 2; groups -= 2, bytes += 128, query += 8) {
        prefetch(bytes, LINES);
        prefetch(bytes + 64, LINES);
        even = _mm512_dpbusd_epi32(even, _mm512_load_si512(bytes), spread_wide(query));
        odd = _mm512_dpbusd_epi32(odd, _mm512_load_si512(bytes + 64), spread_wide(query + 4));
    }
    if (groups > 0)
        even = _mm512_dpbusd_epi32(even, _mm512_load_si512(bytes), spread_wide(query));
    even = _mm512_add_epi32(even, odd);
    memcpy(result, &even, sizeof even);
}

AVX512 INLINE void nibbles_avx512(
    const uint8_t *bytes, size_t groups, const int8_t *query, int32_t offset, ints16 *result) {
    const __m512i mask = _mm512_set1_epi8(15);
    __m512i low = _mm512_set1_epi32(offset), high = _mm512_setzero_si512();
    for (size_t group = 0; group < groups; group++, bytes += 64, query += 8) {
        prefetch(bytes, PAGE);
        __m512i values = _mm512_load_si512(bytes);
        __m512i upper = _mm512_and_si512(_mm512_srli_epi16(values, 4), mask);
        low = _mm512_dpbusd_epi32(low, _mm512_and_si512(values, mask), spread_wide(query));
        high = _mm512_dpbusd_epi32(high, upper, spread_wide(query + 4));
    }
    low = _mm512_add_epi32(low, high);
    memcpy(result, &low, sizeof low);
}

#define NAME(name) name##_avx512
#define TARGET AVX512
#define HALVES halves_avx512
#define BYTES bytes_avx512
#define NIBBLES nibbles_avx512
#define PACK pack_avx512
#include "scan_lanes.h"
