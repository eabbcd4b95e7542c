#pragma once
#include <stddef.h>
#include <stdint.h>

// ChaCha20 keystreams: the rounds and constants of RFC 8439 with a 64-bit block counter in words 12
// and 13 and a 64-bit nonce in words 14 and 15, as libsodium's crypto_stream_chacha20 has them. With
// a nonce of zero and below block 2^32, the stream is RFC 8439's too.

/// The instruction sets that keystreams are computed with; see covey_keystream_best.
enum covey_instruction_set {
    COVEY_PORTABLE = 0,
    COVEY_AVX2 = 1,
    COVEY_AVX512 = 2,
    COVEY_NEON = 3,
};

/// Whether this processor can run a set, and this build has code for it.
int covey_has_instruction_set(int set);
/// The set that the functions without `_with` use.
int covey_keystream_best(void);

/// Writes `count` bytes of keystream from block `block` on.
void covey_keystream_fill(
    uint8_t *bytes, size_t count, const uint8_t key[32], uint64_t nonce, uint64_t block);
/// sum[i] += words[i] in Z_2^32, or -= if `negative`, where words is the keystream of nonce 0 from
/// block `block` on as 32-bit little-endian words.
void covey_keystream_add32(
    uint32_t *sum, size_t count, const uint8_t key[32], uint64_t block, int negative);
/// The same in Z_2^16, with 16-bit little-endian words.
void covey_keystream_add16(
    uint16_t *sum, size_t count, const uint8_t key[32], uint64_t block, int negative);

// The same with a set of choice, or the portable one where that is not available.
void covey_keystream_fill_with(
    int set, uint8_t *bytes, size_t count, const uint8_t key[32], uint64_t nonce, uint64_t block);
void covey_keystream_add32_with(
    int set, uint32_t *sum, size_t count, const uint8_t key[32], uint64_t block, int negative);
void covey_keystream_add16_with(
    int set, uint16_t *sum, size_t count, const uint8_t key[32], uint64_t block, int negative);
