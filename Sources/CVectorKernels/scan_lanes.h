// The scan of one target: included once for each with NAME, TARGET, HALVES, BYTES and NIBBLES
// defined, the last three what turns a block into 16 sums.

TARGET INLINE size_t NAME(scan)(
    const struct covey_scan *scan, size_t block, size_t end, float threshold,
    struct covey_candidates *found, enum covey_scan_kind kind) {
    const size_t last = scan->count / 16;
    const unsigned tail = (1u << scan->count % 16) - 1;
    const float *scales = (const float *)(scan->blocks + scan->groups * group_bytes(kind));
    const size_t stride = scan->block_bytes;
    for (; block < end; block++) {
        unsigned passing = 0xffff;
        if (scan->allowed) passing = scan->allowed[block];
        else if (block == last) passing = tail;
        if (passing == 0) continue;
        const uint8_t *bytes = scan->blocks + block * stride;
        const float *after = (const float *)((const uint8_t *)scales + block * stride);
        floats16 upper, lower;
        if (kind == COVEY_SCAN_HALF) {
            HALVES(bytes, scan->groups, scan->query, &upper);
            lower = upper;
        } else {
            ints16 sums;
            if (kind == COVEY_SCAN_INT8)
                BYTES(bytes, scan->groups, scan->rounded, scan->offset, &sums);
            else
                NIBBLES(bytes, scan->groups, scan->rounded, scan->offset, &sums);
            floats16 scale = *(const floats16 *)after;
            floats16 product = __builtin_convertvector(sums, floats16) * scan->step;
            upper = (product + scan->upper) * scale;
            lower = (product + scan->lower) * scale;
            after += 16;
        }
        if (scan->has_biases) {
            floats16 biases = *(const floats16 *)after;
            upper += biases;
            lower += biases;
        }
        passing &= lanes_above(&upper, threshold);
        if (passing == 0) continue;
        size_t count = found->count;
        do {
            unsigned lane = (unsigned)__builtin_ctz(passing);
            found->upper[count] = upper[lane];
            found->lower[count] = lower[lane];
            found->items[count++] = (int32_t)(16 * block + lane);
            passing &= passing - 1;
        } while (passing);
        found->count = count;
        if (count + 16 > found->capacity) return block + 1;
    }
    return end;
}

TARGET static size_t NAME(scan_blocks)(
    const struct covey_scan *scan, size_t block, size_t end, float threshold,
    struct covey_candidates *found) {
    switch (scan->kind) {
    case COVEY_SCAN_HALF:
        return NAME(scan)(scan, block, end, threshold, found, COVEY_SCAN_HALF);
    case COVEY_SCAN_INT8:
        return NAME(scan)(scan, block, end, threshold, found, COVEY_SCAN_INT8);
    case COVEY_SCAN_INT4:
    case COVEY_SCAN_INT12:
        return NAME(scan)(scan, block, end, threshold, found, COVEY_SCAN_INT4);
    }
    return end;
}

#undef NAME
#undef TARGET
#undef HALVES
#undef BYTES
#undef NIBBLES
