// ChaCha20 with LANES blocks at a time, one in each lane of a vector: defines RUN, compiled for
// TARGET. keystream.c includes this once per instruction set, hence no #pragma once.

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)
#define words JOIN(RUN, _words)
#define halves JOIN(RUN, _halves)
#define rotate JOIN(RUN, _rotate)
#define put JOIN(RUN, _put)
#define blocks JOIN(RUN, _blocks)
#define GROUP (64 * LANES)

typedef uint32_t words __attribute__((ext_vector_type(LANES)));
typedef uint16_t halves __attribute__((ext_vector_type(2 * LANES)));

// Shuffles of two vectors: alternate words and pairs of words within each 16 bytes, then alternate
// those 16 bytes.
#if LANES == 4
#define COUNTING (words){0, 1, 2, 3}
#define LOW_WORDS(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH_WORDS(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define LOW_PAIRS(a, b) __builtin_shufflevector(a, b, 0, 1, 4, 5)
#define HIGH_PAIRS(a, b) __builtin_shufflevector(a, b, 2, 3, 6, 7)
#elif LANES == 8
#define COUNTING (words){0, 1, 2, 3, 4, 5, 6, 7}
#define LOW_WORDS(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH_WORDS(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_PAIRS(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_PAIRS(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define EVEN_QUADS(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define ODD_QUADS(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
#else
#define COUNTING (words){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
#define LOW_WORDS(a, b) \
    __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define HIGH_WORDS(a, b) \
    __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define LOW_PAIRS(a, b) \
    __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define HIGH_PAIRS(a, b) \
    __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define EVEN_QUADS(a, b) \
    __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
#define ODD_QUADS(a, b) \
    __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31)
#endif

INLINE TARGET words rotate(words x, int by) {
#if defined(OPAQUE)
    // By whole bytes it is one shuffle, of which clang would make two in moving it past the xor.
    if (by % 8 == 0) __asm__("" : OPAQUE(x));
#endif
    return x << by | x >> (32 - by);
}

// Combines one vector of keystream with the bytes at `to`.
INLINE TARGET void put(uint8_t *to, words stream, enum use use) {
    words sum;
    if (use != FILL) memcpy(&sum, to, sizeof sum);
    switch (use) {
    case FILL: sum = stream; break;
    case ADD32: sum += stream; break;
    case SUBTRACT32: sum -= stream; break;
    case ADD16: sum = (words)((halves)sum + (halves)stream); break;
    case SUBTRACT16: sum = (words)((halves)sum - (halves)stream); break;
    }
    memcpy(to, &sum, sizeof sum);
}

// Two quarter rounds at a time: neither is waiting for the other, and more would not fit registers.
#define STEP(a, b, d, by) x[a] += x[b], x[d] = rotate(x[d] ^ x[a], by)
#define STEPS(a, b, c, d, a2, b2, c2, d2, by, by2) \
    STEP(a, b, d, by), STEP(a2, b2, d2, by), STEP(c, d, b, by2), STEP(c2, d2, b2, by2)
#define QUARTERS(...) STEPS(__VA_ARGS__, 16, 12), STEPS(__VA_ARGS__, 8, 7)

INLINE TARGET void blocks(uint8_t *to, size_t groups, struct stream s, enum use use) {
    words start[16];
    UNROLL for (int i = 0; i < 16; i++) start[i] = s.state[i];
    for (; groups > 0; groups--, to += GROUP, s.block += LANES) {
        start[12] = (uint32_t)s.block + COUNTING;
        // Where the low half has wrapped around, it is below the first lane's, and the < is -1.
        start[13] = (uint32_t)(s.block >> 32) - (words)(start[12] < (uint32_t)s.block);
        words x[16];
        UNROLL for (int i = 0; i < 16; i++) x[i] = start[i];
        for (int i = 0; i < 10; i++) {
            QUARTERS(0, 4, 8, 12, 1, 5, 9, 13), QUARTERS(2, 6, 10, 14, 3, 7, 11, 15);
            QUARTERS(0, 5, 10, 15, 1, 6, 11, 12), QUARTERS(2, 7, 8, 13, 3, 4, 9, 14);
        }
        UNROLL for (int i = 0; i < 16; i++) x[i] += start[i];

        // Word i of block j is lane j of x[i]. Transposes 4 by 4 words within each 16 bytes...
        UNROLL for (int i = 0; i < 16; i += 4) {
            words a = LOW_WORDS(x[i], x[i + 1]), b = HIGH_WORDS(x[i], x[i + 1]);
            words c = LOW_WORDS(x[i + 2], x[i + 3]), d = HIGH_WORDS(x[i + 2], x[i + 3]);
            x[i] = LOW_PAIRS(a, c);
            x[i + 1] = HIGH_PAIRS(a, c);
            x[i + 2] = LOW_PAIRS(b, d);
            x[i + 3] = HIGH_PAIRS(b, d);
        }
        // ...so that those 16 of x[4 i + j] are the i-th ones of blocks j, j + 4, and so on.
        UNROLL for (int j = 0; j < 4; j++) {
#if LANES == 4
            UNROLL for (int i = 0; i < 4; i++) put(to + 64 * j + 16 * i, x[4 * i + j], use);
#elif LANES == 8
            UNROLL for (int i = 0; i < 2; i++) {
                words a = x[8 * i + j], b = x[8 * i + 4 + j];
                put(to + 64 * j + 32 * i, EVEN_QUADS(a, b), use);
                put(to + 64 * (j + 4) + 32 * i, ODD_QUADS(a, b), use);
            }
#else
            words a = EVEN_QUADS(x[j], x[4 + j]), b = ODD_QUADS(x[j], x[4 + j]);
            words c = EVEN_QUADS(x[8 + j], x[12 + j]), d = ODD_QUADS(x[8 + j], x[12 + j]);
            put(to + 64 * j, EVEN_QUADS(a, c), use);
            put(to + 64 * (j + 4), EVEN_QUADS(b, d), use);
            put(to + 64 * (j + 8), ODD_QUADS(a, c), use);
            put(to + 64 * (j + 12), ODD_QUADS(b, d), use);
#endif
        }
    }
}

static TARGET void RUN(uint8_t *to, size_t groups, const struct stream *s, enum use use) {
    // A vector in memory, for clang to align the stack to vectors and so those it spills as well.
    words aligned;
    __asm__ volatile("" : "=m"(aligned));
    switch (use) {
    case FILL: blocks(to, groups, *s, FILL); break;
    case ADD32: blocks(to, groups, *s, ADD32); break;
    case SUBTRACT32: blocks(to, groups, *s, SUBTRACT32); break;
    case ADD16: blocks(to, groups, *s, ADD16); break;
    case SUBTRACT16: blocks(to, groups, *s, SUBTRACT16); break;
    }
}

#undef JOIN2
#undef JOIN
#undef words
#undef halves
#undef rotate
#undef put
#undef blocks
#undef GROUP
#undef COUNTING
#undef LOW_WORDS
#undef HIGH_WORDS
#undef LOW_PAIRS
#undef HIGH_PAIRS
#undef EVEN_QUADS
#undef ODD_QUADS
#undef STEP
#undef STEPS
#undef QUARTERS
#undef RUN
#undef LANES
#undef TARGET
#undef OPAQUE
