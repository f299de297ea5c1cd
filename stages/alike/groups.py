"""Films that the split must not part: same title and year, or nearly the same description.

A copy of a training text in the test fold would be remembered, not understood.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from stages.alike.minhash import NUMBERS, signatures

ALIKE = 0.5  # two texts share so much of all their phrases
BAND = 4  # numbers; of texts that share 0.5 two in three are found, of those that share 0.7 99 %


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
    """Return pairs of positions, int (n, 2), that tie nearly identical texts together.

    Texts meet where a band of their numbers is equal, so the time grows with the texts and not with
    their pairs.
    """
    numbers = signatures(texts)
    rows = np.arange(len(numbers))
    pairs = []
    for start in range(0, NUMBERS, BAND):
        band = pd.DataFrame(numbers[:, start : start + BAND])
        pairs.append(_links(pd.util.hash_pandas_object(band, index=False).to_numpy(), rows))
    left, right = np.unique(np.concatenate(pairs), axis=0).T
    found = (numbers[left] == numbers[right]).mean(axis=1) >= ALIKE
    return np.stack([left[found], right[found]], axis=1)


def _links(buckets: np.ndarray, rows: np.ndarray) -> np.ndarray:
    _, first, inverse = np.unique(buckets, return_index=True, return_inverse=True)
    left = rows[first[inverse]]
    pairs: np.ndarray = np.column_stack([left, rows])[left != rows]
    return pairs
