"""Times the best hundred of many items with FAISS and USearch, for comparison with `Benchmarks ranking`.

Run as `python ranking-peers.py` where faiss-cpu, usearch and numpy are installed; `scripts/ranking-peers` sees to that.
The embeddings are made up as the benchmark makes its own: 64 dimensions, 1,000 clusters of uneven size, norms spread.
One query at a time on one thread; each time is the best of nine runs, on the average over twelve queries. Recall is
against the exact best hundred in single precision, as FAISS's flat index finds them. The limit is numpy's sum of the
same number of bytes, which is as good as a streaming read.

- flat: every vector is looked at. FAISS IndexFlatIP, its scalar quantisers (8 and 4 bits, half precision) and its
  fast-scan product quantiser with a re-rank of the 1,000 best by 8 bits; USearch's exact search.
- HNSW: an approximate graph, which takes minutes to build; left out without `--slow`.
"""

import argparse
import json
import time

import faiss
import numpy
from usearch.index import Index, MetricKind, search

DIMENSION = 64
LIMIT = 100
QUERIES = 12
RUNS = 9


def embeddings(count):
    """Items in clusters, with spread norms; and queries that are sums of eight items."""
    random = numpy.random.default_rng(1)
    centres = random.standard_normal((1000, DIMENSION), dtype=numpy.float32)
    cluster = (random.random(count) ** 2 * 1000).astype(numpy.int64)
    norm = numpy.exp(0.35 * random.standard_normal(count)).astype(numpy.float32)
    items = random.standard_normal((count, DIMENSION), dtype=numpy.float32)
    items *= 0.8
    items += 0.6 * centres[cluster]
    items *= norm[:, None]
    queries = items[random.integers(0, count, (QUERIES, 8))].sum(axis=1)
    return items, numpy.ascontiguousarray(queries)


def best_time(work, repeats):
    """The least seconds of a run of `work`."""
    best = float("inf")
    for _ in range(RUNS):
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        best = min(best, (time.perf_counter() - start) / repeats)
    return best


def measure(name, find, queries, exact, byte_count, repeats):
    """Seconds and recall of `find`, beside a streaming read of `byte_count` bytes."""
    words = numpy.ones(byte_count // 8, dtype=numpy.int64)
    limit = best_time(words.sum, repeats)
    times, found = [], 0
    for query, best in zip(queries, exact):
        one = query[None, :]
        times.append(best_time(lambda: find(one), repeats))
        found += len(set(find(one).ravel().tolist()) & set(best.tolist()))
    seconds = sum(times) / len(times)
    return {
        "work": name,
        "milliseconds": seconds * 1e3,
        "limit": limit * 1e3,
        "recall": found / exact.size,
        "bytes": byte_count,
    }


def faiss_index(index, items):
    """A search in a FAISS index of these items, trained on at most 100,000 of them."""
    if not index.is_trained:
        index.train(items[:100_000])
    index.add(items)
    return lambda query: index.search(query, LIMIT)[1]


def peers(items, slow):
    """Names, bytes that a search of every vector reads, and searches."""
    count = len(items)
    quantizer = faiss.ScalarQuantizer
    product = faiss.METRIC_INNER_PRODUCT
    yield "FAISS flat float32", 256 * count, faiss_index(faiss.IndexFlatIP(DIMENSION), items)
    for name, kind, size in [
        ("float16", quantizer.QT_fp16, 128),
        ("8 bits", quantizer.QT_8bit, 64),
        ("4 bits", quantizer.QT_4bit, 32),
    ]:
        index = faiss.IndexScalarQuantizer(DIMENSION, kind, product)
        yield f"FAISS flat {name}", size * count, faiss_index(index, items)
    fast = faiss.index_factory(DIMENSION, "PQ32x4fs,Refine(SQ8)", product)
    fast.k_factor = 10
    yield "FAISS fast scan, re-ranked", 16 * count, faiss_index(fast, items)
    yield "USearch exact float32", 256 * count, lambda query: search(
        items, query, LIMIT, MetricKind.IP, exact=True, threads=1
    ).keys
    if slow:
        graph = faiss.IndexHNSWFlat(DIMENSION, 32, product)
        graph.hnsw.efSearch = 400
        yield "FAISS HNSW", 256 * count, faiss_index(graph, items)
        other = Index(ndim=DIMENSION, metric="ip", dtype="i8", expansion_search=400)
        other.add(numpy.arange(count), items, threads=2)
        yield "USearch HNSW 8 bits", 64 * count, lambda query: other.search(query[0], LIMIT, threads=1).keys


def main():
    parser = argparse.ArgumentParser(description="Times rankings with FAISS and USearch.")
    parser.add_argument("--slow", action="store_true", help="also approximate graphs, which take minutes to build")
    parser.add_argument("--json", action="store_true", help="print JSON, one object a line")
    arguments = parser.parse_args()
    faiss.omp_set_num_threads(1)
    if not arguments.json:
        print("work                                 time ms   read ms   ratio   recall      MB")
    for count in [1_000_000, 100_000, 10_000]:
        items, queries = embeddings(count)
        flat = faiss.IndexFlatIP(DIMENSION)
        flat.add(items)
        exact = flat.search(queries, LIMIT)[1]
        del flat
        for name, byte_count, find in peers(items, arguments.slow):
            size = "1M" if count == 1_000_000 else f"{count // 1000}k"
            repeats = max(1, 200_000 // count)
            result = measure(f"{size} {name}", find, queries, exact, byte_count, repeats)
            if arguments.json:
                print(json.dumps(result), flush=True)
                continue
            ratio = result["milliseconds"] / result["limit"]
            print(
                f"{result['work']:34}{result['milliseconds']:10.4f}{result['limit']:10.4f}{ratio:8.2f} "
                f"{result['recall']:8.4f}{byte_count / 1e6:8.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
