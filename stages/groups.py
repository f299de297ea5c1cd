"""Films that the split must not part: same title and year, or nearly the same description.

A copy of a training text in the test fold would be remembered, not understood.
"""

import re
import zlib
from collections.abc import Iterable

import numpy as np
import pandas as pd
from datasketch import MinHash
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

SHINGLE = 3  # words
ALIKE = 0.5  # two texts share so much of all their shingles (Jaccard)
HASHES, BAND = 64, 4  # with 0.5 shared, 64 % of the pairs are found; with 0.7, 99 %


def group_films(films: pd.DataFrame) -> pd.Series:
    """Return the group of each ``film`` of the rows: the smallest key among its films.

    So a film's group changes only when a film of that group comes or goes.
    """
    codes, keys = pd.factorize(films["film"])
    titled = np.flatnonzero(films["title"] != "")
    works = films.groupby([films["title"].str.casefold(), "year"], dropna=False).ngroup()
    pairs = np.concatenate([_links(works.to_numpy()[titled], titled), alike(films["text"])])
    graph = coo_array((np.ones(len(pairs)), codes[pairs].T), (len(keys), len(keys)))
    groups = connected_components(graph, directed=False)[1]
    return pd.Series(keys, keys).groupby(groups).transform("min")


def alike(texts: Iterable[str]) -> np.ndarray:
    """Return pairs of positions, int (n, 2), that tie nearly identical texts together."""
    hashes = signatures(texts)
    rows = np.arange(len(hashes))
    pairs = []
    for start in range(0, HASHES, BAND):
        band = pd.DataFrame(hashes[:, start : start + BAND])
        pairs.append(_links(pd.util.hash_pandas_object(band, index=False).to_numpy(), rows))
    left, right = np.unique(np.concatenate(pairs), axis=0).T
    found = (hashes[left] == hashes[right]).mean(axis=1) >= ALIKE
    return np.stack([left[found], right[found]], axis=1)


def signatures(texts: Iterable[str]) -> np.ndarray:
    """Return the MinHash of each text, uint32 (n, HASHES), the same on every machine."""
    sketches = MinHash.generator(
        map(_shingles, texts), num_perm=HASHES, hashfunc=zlib.crc32, scheme="affine32"
    )
    return np.array([sketch.hashvalues for sketch in sketches])


def _shingles(text: str) -> set[bytes]:
    words = re.findall(r"\w+", text.casefold())
    last = max(1, len(words) - SHINGLE + 1)
    return {" ".join(words[at : at + SHINGLE]).encode() for at in range(last)}


def _links(buckets: np.ndarray, rows: np.ndarray) -> np.ndarray:
    _, first, inverse = np.unique(buckets, return_index=True, return_inverse=True)
    left = rows[first[inverse]]
    pairs: np.ndarray = np.column_stack([left, rows])[left != rows]
    return pairs
