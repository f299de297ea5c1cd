"""Films that the split must not part: same title and year, or nearly the same description.

A copy of a training text in the test fold would be remembered, not understood.
"""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from imdb_genres.near_duplicates.minhash import NUMBERS, signatures

JACCARD_THRESHOLD = 0.5  # two texts share so much of all their phrases
BAND = 4  # numbers; of texts that share 0.5 two in three are found, of those that share 0.7 99 %
MIX = np.random.RandomState(2).randint(0, 2**64, BAND, np.uint64)  # makes one number of a band


def group_films(
    films: Sequence[str], titles: Sequence[str], years: Sequence[int | None], texts: Iterable[str]
) -> dict[str, str]:
    """Return the group of each of ``films``, a key for each description: its smallest key.

    So a film's group changes only when a film of that group comes or goes.
    """
    keys = sorted(set(films))
    numbers = {film: number for number, film in enumerate(keys)}
    codes = np.array([numbers[film] for film in films])
    works = _numbered(zip(map(str.casefold, titles), years, strict=True))
    titled = np.flatnonzero([title != "" for title in titles])
    pairs = np.concatenate([_links(works[titled], titled), alike(texts)])
    graph = coo_array((np.ones(len(pairs)), codes[pairs].T), (len(keys), len(keys)))
    groups = connected_components(graph, directed=False)[1]
    smallest = np.unique(groups, return_index=True)[1]  # the first, since keys are sorted
    return dict(zip(keys, (keys[first] for first in smallest[groups]), strict=True))


def alike(texts: Iterable[str]) -> np.ndarray:
    """Return pairs of positions, int (n, 2), that tie nearly identical texts together.

    Texts meet where a band of their numbers is equal, so the time grows with the texts and not with
    their pairs.
    """
    numbers = signatures(texts)
    rows = np.arange(len(numbers))
    bands = numbers.reshape(-1, NUMBERS // BAND, BAND) @ MIX
    pairs = [_links(band, rows) for band in bands.T]
    left, right = np.unique(np.concatenate(pairs), axis=0).T
    found = (numbers[left] == numbers[right]).mean(axis=1) >= JACCARD_THRESHOLD
    return np.stack([left[found], right[found]], axis=1)


def _numbered(values: Iterable[Hashable]) -> np.ndarray:
    """Return a number for each of ``values``, the same for equal ones."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values])


def _links(buckets: np.ndarray, rows: np.ndarray) -> np.ndarray:
    _, first, inverse = np.unique(buckets, return_index=True, return_inverse=True)
    left = rows[first[inverse]]
    pairs: np.ndarray = np.column_stack([left, rows])[left != rows]
    return pairs
