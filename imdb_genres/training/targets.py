"""Training targets: one-hot, soft or multi-hot."""

from typing import NamedTuple

import numpy as np

from imdb_genres.params.training import TargetKind


class Targets(NamedTuple):
    """``values`` float32 (rows, genres); ``weights`` float32 (rows,), on average 1 in training rows."""

    values: np.ndarray
    weights: np.ndarray


def make_targets(
    kind: TargetKind, label: np.ndarray, labels: np.ndarray, is_training: np.ndarray
) -> Targets:
    """Return the targets of rows with the drawn genre ``label`` (index) and all genres ``labels`` (bool).

    ``soft`` targets are the expectation of drawing one genre at random and balancing the classes:
    genre c of the set S gets 1 / (|S| n_c), where n_c is the expected number of films with c. Rows
    are then scaled to sum 1; the sum before is the row's weight. Only rows in ``is_training`` (bool)
    are counted.
    """
    ones = np.ones(len(label), np.float32)
    if kind == "label":
        return Targets(np.eye(labels.shape[1], dtype=np.float32)[label], ones)
    if kind == "multi-label":
        return Targets(labels.astype(np.float32), ones)
    drawn = labels / labels.sum(axis=1, keepdims=True)
    films = drawn[is_training].sum(axis=0)
    shares = np.divide(drawn, films, out=np.zeros_like(drawn), where=films > 0)
    weights = shares.sum(axis=1)
    values = shares / np.where(weights, weights, 1)[:, None]
    return Targets(
        values.astype(np.float32), (weights / weights[is_training].mean()).astype(np.float32)
    )
