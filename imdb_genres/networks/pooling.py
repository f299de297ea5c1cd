"""Pool subword vectors into text vectors, for frozen encoders and for prediction."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

SUBWORDS_PER_BATCH = 1024  # bounds the memory of attention
THREADS = min(os.cpu_count() or 1, 8)  # each has the memory of a batch

# int32 subword ids (n, length), none of them padding -> float32 or float64 (n, length, hidden size)
SubwordVectors = Callable[[np.ndarray], np.ndarray]
Apply = Callable[
    [Callable[[np.ndarray], np.ndarray], list[np.ndarray]], Iterable[np.ndarray]
]  # the built-in ``map``, or one that runs on several threads


def text_vectors(
    chunks: np.ndarray, pooling: str, vectors_of: SubwordVectors, apply: Apply = map
) -> np.ndarray:
    """Return float64 (n, hidden size) of int32 subword ids (n, chunks, length), 0 for padding.

    That is the mean over a text's subwords, or over its chunks' first ones (``pooling``). Chunks are
    computed together with others of the same length: half of all positions may be padding.
    """
    used = chunks[:, :, 0] != 0
    subwords, text_of = chunks[used], np.nonzero(used)[0]
    lengths = (subwords != 0).sum(axis=1)
    pooled = np.ones_like(lengths) if pooling == "first" else lengths

    def sum_vectors(batch: np.ndarray) -> np.ndarray:
        vectors = vectors_of(subwords[batch, : lengths[batch[0]]])
        return np.asarray(vectors[:, : pooled[batch[0]]].sum(axis=1, dtype=float))

    batches = batches_of_one_length(lengths)
    results = np.concatenate(list(apply(sum_vectors, batches)))
    sums = np.empty_like(results)
    sums[np.concatenate(batches)] = results
    first_chunk = np.searchsorted(text_of, np.arange(len(chunks)))
    counts = np.add.reduceat(pooled, first_chunk)[:, None]
    return np.asarray(np.add.reduceat(sums, first_chunk) / counts)


def map_on_threads(
    function: Callable[[np.ndarray], np.ndarray], batches: list[np.ndarray]
) -> list[np.ndarray]:
    """Apply ``function`` to the batches, several at once, each on a single thread.

    Threads of the linear algebra library within a product would wait for each other: on a busy
    machine that takes several times as long.
    """
    with _blas().limit(limits=1), ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(function, batches))


@cache
def _blas() -> "ThreadpoolController":
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()  # takes milliseconds to find the libraries


def batches_of_one_length(lengths: np.ndarray) -> list[np.ndarray]:
    """Return the numbers of the chunks with these ``lengths`` in batches, the longest first."""
    batches = []
    for length in np.unique(lengths)[::-1]:
        chunks = np.flatnonzero(lengths == length)
        size = max(SUBWORDS_PER_BATCH // int(length), 1)
        batches += [chunks[first : first + size] for first in range(0, len(chunks), size)]
    return batches
