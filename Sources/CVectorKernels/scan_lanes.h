// The scan of one target: included once for each with NAME, TARGET, HALVES, BYTES, NIBBLES and PACK
// defined. The three before the last turn a block into 16 sums; PACK writes the lanes of a mask one
// after the other, and may write 16 values.

// Even and odd dimensions have sums of their own, as one would wait for the latency of its additions.
TARGET INLINE void NAME(floats)(
    const uint8_t *bytes, size_t groups, const float *query, floats16 *result) {
    floats16 even = 0, odd = 0;
    for (; groups >= 2; groups -= 2, bytes += 128, query += 2) {
        prefetch(bytes, LINES);
        prefetch(bytes + 64, LINES);
        even += query[0] * *(const floats16 *)bytes;
        odd += query[1] * *(const floats16 *)(bytes + 64);
    }
    if (groups > 0) even += query[0] * *(const floats16 *)bytes;
    *result = even + odd;
}

TARGET INLINE size_t NAME(scan)(
    const struct covey_scan *scan, size_t block, size_t end, float threshold,
    struct covey_candidates *found, enum covey_scan_kind kind) {
    const size_t last = scan->count / 16;
    const unsigned tail = (1u << scan->count % 16) - 1;
    const float *scales = (const float *)(scan->blocks + scan->groups * group_bytes(kind));
    const size_t stride = scan->block_bytes;
    const ints16 first_lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    for (; block < end; block++) {
        unsigned passing = 0xffff;
        if (scan->allowed) passing = scan->allowed[block];
        else if (block == last) passing = tail;
        if (passing == 0) continue;
        const uint8_t *bytes = scan->blocks + block * stride;
        const float *after = (const float *)((const uint8_t *)scales + block * stride);
        floats16 product, scale, upper, lower, bias = 0;
        if (scan->has_biases)
            bias = *(const floats16 *)(after + (has_scales(kind) ? 16 : 0));
        if (!has_scales(kind)) {
            if (kind == COVEY_SCAN_FLOAT)
                NAME(floats)(bytes, scan->groups, scan->query, &upper);
            else
                HALVES(bytes, scan->groups, scan->query, &upper);
            upper += bias;
        } else {
            ints16 sums;
            if (kind == COVEY_SCAN_INT8)
                BYTES(bytes, scan->groups, scan->rounded, scan->offset, &sums);
            else
                NIBBLES(bytes, scan->groups, scan->rounded, scan->offset, &sums);
            scale = *(const floats16 *)after;
            product = __builtin_convertvector(sums, floats16) * scan->step;
            upper = (product + scan->upper) * scale + bias;
        }
        passing &= lanes_above(&upper, threshold);
        if (passing == 0) continue;
        if (!has_scales(kind)) lower = upper;
        else lower = (product + scan->lower) * scale + bias;
        // Without a branch for each lane, which would be guessed wrongly half of the time.
        size_t count = found->count;
        floats16 items;
        ints16 numbers = first_lanes + (int32_t)(16 * block);
        memcpy(&items, &numbers, sizeof items);
        PACK(&upper, passing, found->upper + count);
        PACK(&lower, passing, found->lower + count);
        PACK(&items, passing, (float *)found->items + count);
        count += (size_t)__builtin_popcount(passing);
        found->count = count;
        if (count + 16 > found->capacity) return block + 1;
    }
    return end;
}

TARGET static size_t NAME(scan_blocks)(
    const struct covey_scan *scan, size_t block, size_t end, float threshold,
    struct covey_candidates *found) {
    switch (scan->kind) {
    case COVEY_SCAN_FLOAT:
        return NAME(scan)(scan, block, end, threshold, found, COVEY_SCAN_FLOAT);
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
#undef PACK
