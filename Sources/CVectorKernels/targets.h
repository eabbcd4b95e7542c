#pragma once

// Compiles a function once per instruction set and picks the widest at load time. Elsewhere than on
// x86-64 Linux the default target is used: NEON is part of it on arm64.
#if defined(__x86_64__) && defined(__linux__)
#define COVEY_CLONES \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define COVEY_CLONES
#endif
