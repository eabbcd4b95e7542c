#include "erase.h"

#include <string.h>

void covey_erase(void *memory, size_t count) {
    memset(memory, 0, count);
    // The compiler has to assume that this reads the memory, so that the zeros are not left out.
    __asm__ volatile("" : : "r"(memory) : "memory");
}
