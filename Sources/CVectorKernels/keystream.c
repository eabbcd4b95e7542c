#include "keystream.h"
#include "erase.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "keystreams are little-endian words");

/// The state of every block but for its counter, words 12 and 13, which starts at `block`.
struct stream {
    uint32_t state[16];
    uint64_t block;
};

/// What becomes of the keystream.
enum use { FILL, ADD32, SUBTRACT32, ADD16, SUBTRACT16 };

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

#define RUN run_portable
#define LANES 4
#define TARGET
#include "keystream_lanes.h"

#if defined(__x86_64__)
#define RUN run_avx2
#define LANES 8
#define TARGET __attribute__((target("avx2")))
#define OPAQUE "+x"
#include "keystream_lanes.h"

#define RUN run_avx512
#define LANES 16
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl")))
#include "keystream_lanes.h"
#endif

#if defined(__aarch64__)
// Two vectors to each word, as one would leave units idle for the latency of its instructions.
#define RUN run_neon
#define LANES 8
#define TARGET
#include "keystream_lanes.h"
#endif

int covey_has_instruction_set(int set) {
    switch (set) {
    case COVEY_PORTABLE: return 1;
#if defined(__x86_64__)
    case COVEY_AVX2: return __builtin_cpu_supports("avx2") != 0;
    case COVEY_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl");
#elif defined(__aarch64__)
    case COVEY_NEON: return 1;
#endif
    default: return 0;
    }
}

// No more than loads of what the C runtime has found out before main: nothing here to cache.
int covey_keystream_best(void) {
    if (covey_has_instruction_set(COVEY_NEON)) return COVEY_NEON;
    if (covey_has_instruction_set(COVEY_AVX512)) return COVEY_AVX512;
    if (covey_has_instruction_set(COVEY_AVX2)) return COVEY_AVX2;
    return COVEY_PORTABLE;
}

static void run(
    int set, void *bytes, size_t count, const uint8_t key[32], uint64_t nonce, uint64_t block,
    enum use use) {
    void (*groups)(uint8_t *, size_t, const struct stream *, enum use) = run_portable;
    size_t lanes = 4;
    if (covey_has_instruction_set(set)) {
        switch (set) {
#if defined(__x86_64__)
        case COVEY_AVX2: groups = run_avx2, lanes = 8; break;
        case COVEY_AVX512: groups = run_avx512, lanes = 16; break;
#elif defined(__aarch64__)
        case COVEY_NEON: groups = run_neon, lanes = 8; break;
#endif
        }
    }
    struct stream stream = {{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, block};
    memcpy(&stream.state[4], key, 32);
    memcpy(&stream.state[14], &nonce, 8);

    uint8_t *to = bytes;
    const size_t whole = count / (64 * lanes), rest = count % (64 * lanes);
    groups(to, whole, &stream, use);
    if (rest > 0) {
        uint8_t last[64 * 16] = {0};
        to += count - rest;
        stream.block += whole * lanes;
        if (use != FILL) memcpy(last, to, rest);
        groups(last, 1, &stream, use);
        memcpy(to, last, rest);
        covey_erase(last, sizeof last);
    }
    covey_erase(&stream, sizeof stream);
}

void covey_keystream_fill_with(
    int set, uint8_t *bytes, size_t count, const uint8_t key[32], uint64_t nonce, uint64_t block) {
    run(set, bytes, count, key, nonce, block, FILL);
}

void covey_keystream_add32_with(
    int set, uint32_t *sum, size_t count, const uint8_t key[32], uint64_t block, int negative) {
    run(set, sum, 4 * count, key, 0, block, negative ? SUBTRACT32 : ADD32);
}

void covey_keystream_add16_with(
    int set, uint16_t *sum, size_t count, const uint8_t key[32], uint64_t block, int negative) {
    run(set, sum, 2 * count, key, 0, block, negative ? SUBTRACT16 : ADD16);
}

void covey_keystream_fill(
    uint8_t *bytes, size_t count, const uint8_t key[32], uint64_t nonce, uint64_t block) {
    covey_keystream_fill_with(covey_keystream_best(), bytes, count, key, nonce, block);
}

void covey_keystream_add32(
    uint32_t *sum, size_t count, const uint8_t key[32], uint64_t block, int negative) {
    covey_keystream_add32_with(covey_keystream_best(), sum, count, key, block, negative);
}

void covey_keystream_add16(
    uint16_t *sum, size_t count, const uint8_t key[32], uint64_t block, int negative) {
    covey_keystream_add16_with(covey_keystream_best(), sum, count, key, block, negative);
}
