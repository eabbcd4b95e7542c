#pragma once
#include <stddef.h>

/// Overwrites memory with zeros, also where nothing reads them.
void covey_erase(void *memory, size_t count);
