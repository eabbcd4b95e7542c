// AVX2 and AVX-512 of scan.c.

#define AVX2 __attribute__((target("avx2,f16c")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,avx2,f16c")))

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
    __m256 low = _mm256_setzero_ps(), high = low;
    for (size_t group = 0; group < groups; group++, bytes += 32) {
        __m256 factor = _mm256_set1_ps(query[group]);
        __m256 first = _mm256_cvtph_ps(_mm_load_si128((const __m128i *)bytes));
        __m256 second = _mm256_cvtph_ps(_mm_load_si128((const __m128i *)(bytes + 16)));
        low = _mm256_add_ps(low, _mm256_mul_ps(factor, first));
        high = _mm256_add_ps(high, _mm256_mul_ps(factor, second));
    }
    memcpy(result, &low, sizeof low);
    memcpy((uint8_t *)result + sizeof low, &high, sizeof high);
}

// 255 * 63 * 2 fits 16 bits, so that no pair of products saturates.
AVX2 INLINE void bytes_avx2(
    const uint8_t *bytes, size_t groups, const int8_t *query, int32_t offset, ints16 *result) {
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i low = _mm256_set1_epi32(offset), high = low;
    for (size_t group = 0; group < groups; group++, bytes += 64, query += 4) {
        __m256i factors = spread(query);
        __m256i first = _mm256_maddubs_epi16(_mm256_load_si256((const __m256i *)bytes), factors);
        __m256i second =
            _mm256_maddubs_epi16(_mm256_load_si256((const __m256i *)(bytes + 32)), factors);
        low = _mm256_add_epi32(low, _mm256_madd_epi16(first, ones));
        high = _mm256_add_epi32(high, _mm256_madd_epi16(second, ones));
    }
    join(result, low, high);
}

// Eight pairs of products, 8 * 2 * 15 * 127, fit 16 bits: four groups before sums are widened.
AVX2 INLINE void nibbles_avx2(
    const uint8_t *bytes, size_t groups, const int8_t *query, int32_t offset, ints16 *result) {
    const __m256i ones = _mm256_set1_epi16(1), mask = _mm256_set1_epi8(15);
    __m256i low = _mm256_set1_epi32(offset), high = low;
    while (groups > 0) {
        const size_t here = groups < 4 ? groups : 4;
        __m256i first = _mm256_setzero_si256(), second = first;
        for (size_t group = 0; group < here; group++, bytes += 64, query += 8) {
            __m256i even = spread(query), odd = spread(query + 4);
            __m256i a = _mm256_load_si256((const __m256i *)bytes);
            __m256i b = _mm256_load_si256((const __m256i *)(bytes + 32));
            __m256i a_high = _mm256_and_si256(_mm256_srli_epi16(a, 4), mask);
            __m256i b_high = _mm256_and_si256(_mm256_srli_epi16(b, 4), mask);
            a = _mm256_maddubs_epi16(_mm256_and_si256(a, mask), even);
            b = _mm256_maddubs_epi16(_mm256_and_si256(b, mask), even);
            first = _mm256_add_epi16(
                first, _mm256_add_epi16(a, _mm256_maddubs_epi16(a_high, odd)));
            second = _mm256_add_epi16(
                second, _mm256_add_epi16(b, _mm256_maddubs_epi16(b_high, odd)));
        }
        low = _mm256_add_epi32(low, _mm256_madd_epi16(first, ones));
        high = _mm256_add_epi32(high, _mm256_madd_epi16(second, ones));
        groups -= here;
    }
    join(result, low, high);
}

#define NAME(name) name##_avx2
#define TARGET AVX2
#define HALVES halves_avx2
#define BYTES bytes_avx2
#define NIBBLES nibbles_avx2
#include "scan_lanes.h"

AVX512 INLINE __m512i spread_wide(const int8_t *four) {
    int32_t word;
    memcpy(&word, four, sizeof word);
    return _mm512_set1_epi32(word);
}

AVX512 INLINE void halves_avx512(
    const uint8_t *bytes, size_t groups, const float *query, floats16 *result) {
    __m512 sum = _mm512_setzero_ps();
    for (size_t group = 0; group < groups; group++, bytes += 32) {
        __m512 values = _mm512_cvtph_ps(_mm256_load_si256((const __m256i *)bytes));
        sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_set1_ps(query[group]), values));
    }
    memcpy(result, &sum, sizeof sum);
}

// Two sums, as one would wait for the latency of its instructions.
AVX512 INLINE void bytes_avx512(
    const uint8_t *bytes, size_t groups, const int8_t *query, int32_t offset, ints16 *result) {
    __m512i even = _mm512_set1_epi32(offset), odd = _mm512_setzero_si512();
    for (; groups >= 2; groups -= 2, bytes += 128, query += 8) {
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
#include "scan_lanes.h"
