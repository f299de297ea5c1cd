"""Groups of films with the same title and year, or nearly the same description.

If a test text had a copy in the training fold, its score would measure memory, not generalisation.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from imdb_genres.hashing import short_hash
from imdb_genres.near_duplicates.minhash import NUM_PERM, compute_signatures

JACCARD_THRESHOLD = 0.5  # of the shingles of two near-duplicates
BAND_SIZE = 4  # finds two thirds of the pairs with similarity 0.5, and 99 % of those with 0.7
BAND_WEIGHTS = np.random.RandomState(2).randint(0, 2**64, BAND_SIZE, dtype=np.uint64)


def work_id(title: str, year: int | None) -> int:
    """Return 64 bits that are equal for films of one title and year; 0 without a title."""
    return int(short_hash(f"{title.casefold()}\0{year}"), 16) if title else 0


def group_films(
    films: np.ndarray, works: np.ndarray, texts: Iterable[str], scratch: Path | None = None
) -> np.ndarray:
    """Return the group of each film, int (films,): the number of the smallest film in it.

    ``films`` int (n,) is the film of each description, numbered in the order of the films' keys, so
    that a group's name depends on its own films only; ``works`` uint64 (n,) its ``work_id``.
    Temporary files of 256 bytes per text go to ``scratch``.
    """
    titled = np.flatnonzero(works)
    same_work = _link_equal(works[titled], titled)
    pairs = np.concatenate([same_work, find_near_duplicates(texts, scratch)])
    number = films.max(initial=-1) + 1
    graph = coo_array((np.ones(len(pairs), np.int8), films[pairs].T), (number, number))
    components = connected_components(graph, directed=False)[1]
    smallest = np.unique(components, return_index=True)[1]
    group_of_film: np.ndarray = smallest[components]
    return group_of_film


def find_near_duplicates(texts: Iterable[str], scratch: Path | None = None) -> np.ndarray:
    """Return pairs of positions, int (n, 2), that link nearly identical texts.

    Only texts whose signatures share a band are compared, so the time is linear in their number. One
    band of all texts is in memory at a time, 16 bytes per text.
    """
    with ExitStack() as stack:
        bands = [
            stack.enter_context(TemporaryFile(dir=scratch)) for _ in range(NUM_PERM // BAND_SIZE)
        ]
        total = 0
        for signatures in compute_signatures(texts):
            total += len(signatures)
            for file, band in zip(bands, np.split(signatures, len(bands), axis=1), strict=True):
                file.write(band.tobytes())
        candidates = np.empty(0, np.int64)
        for file in bands:
            left, right = _link_equal(_read_band(file) @ BAND_WEIGHTS, np.arange(total)).T
            candidates = np.union1d(candidates, left * total + right)
        left, right = np.divmod(candidates, max(total, 1))
        equal = np.zeros(len(candidates), np.int64)
        for band in map(_read_band, bands):
            equal += (band[left] == band[right]).sum(axis=1)
    near = equal >= JACCARD_THRESHOLD * NUM_PERM
    return np.stack([left[near], right[near]], axis=1)


def _read_band(file: IO[bytes]) -> np.ndarray:
    file.seek(0)
    return np.frombuffer(file.read(), np.uint32).reshape(-1, BAND_SIZE)


def _link_equal(values: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Return pairs of ``positions``, int (n, 2), that link each value to the first equal one."""
    _, first, inverse = np.unique(values, return_index=True, return_inverse=True)
    left = positions[first[inverse]]
    pairs: np.ndarray = np.column_stack([left, positions])[left != positions]
    return pairs
