#include "ring.h"
#include "targets.h"

COVEY_CLONES
void covey_ring_add(uint32_t *restrict sum, const uint32_t *restrict terms, size_t count) {
    for (size_t i = 0; i < count; i++) sum[i] += terms[i];
}

COVEY_CLONES
void covey_ring_subtract(uint32_t *restrict sum, const uint32_t *restrict terms, size_t count) {
    for (size_t i = 0; i < count; i++) sum[i] -= terms[i];
}

void covey_ring_pack(uint8_t *packed, const uint32_t *values, size_t count, unsigned bits) {
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    uint64_t pending = 0;
    unsigned held = 0;
    for (size_t i = 0; i < count; i++) {
        pending |= (values[i] & mask) << held;
        held += bits;
        while (held >= 8) {
            *packed++ = (uint8_t)pending;
            pending >>= 8;
            held -= 8;
        }
    }
    if (held > 0) *packed = (uint8_t)pending;
}

void covey_ring_unpack(uint32_t *values, const uint8_t *packed, size_t count, unsigned bits) {
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    uint64_t pending = 0;
    unsigned held = 0;
    for (size_t i = 0; i < count; i++) {
        while (held < bits) {
            pending |= (uint64_t)*packed++ << held;
            held += 8;
        }
        values[i] = (uint32_t)(pending & mask);
        pending >>= bits;
        held -= bits;
    }
}
