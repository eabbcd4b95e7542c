#include "scan.h"
#include "targets.h"

#include <string.h>

typedef uint64_t words8 __attribute__((ext_vector_type(8)));

COVEY_CLONES
uint64_t covey_scan_read(const uint8_t *bytes, size_t count) {
    words8 sums[4] = {0, 0, 0, 0};
    for (size_t i = 0; i + 256 <= count; i += 256)
        for (size_t j = 0; j < 4; j++) {
            words8 words;
            memcpy(&words, bytes + i + 64 * j, sizeof words);
            sums[j] ^= words;
        }
    words8 sum = sums[0] ^ sums[1] ^ sums[2] ^ sums[3];
    return sum[0] ^ sum[1] ^ sum[2] ^ sum[3] ^ sum[4] ^ sum[5] ^ sum[6] ^ sum[7];
}
