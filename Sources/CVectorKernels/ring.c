#include "ring.h"
#include "targets.h"

COVEY_CLONES
void covey_ring_add16(uint16_t *restrict sum, const uint16_t *restrict terms, size_t count) {
    for (size_t i = 0; i < count; i++) sum[i] += terms[i];
}

COVEY_CLONES
void covey_ring_add32(uint32_t *restrict sum, const uint32_t *restrict terms, size_t count) {
    for (size_t i = 0; i < count; i++) sum[i] += terms[i];
}

COVEY_CLONES
void covey_ring_combine16(
    uint16_t *restrict sum, const int32_t *restrict terms, size_t count, int negative
) {
    const uint32_t sign = negative ? UINT32_MAX : 1;
    for (size_t i = 0; i < count; i++) sum[i] += (uint16_t)(sign * (uint32_t)terms[i]);
}

COVEY_CLONES
void covey_ring_combine32(
    uint32_t *restrict sum, const int32_t *restrict terms, size_t count, int negative
) {
    const uint32_t sign = negative ? UINT32_MAX : 1;
    for (size_t i = 0; i < count; i++) sum[i] += sign * (uint32_t)terms[i];
}
