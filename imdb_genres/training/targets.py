"""What a network learns of a film's genres: one drawn genre, all in shares, or each for itself."""

from typing import NamedTuple

import numpy as np


class Targets(NamedTuple):
    """``values`` float32 (rows, genres) and ``weights`` float32 (rows,), of mean 1 in training rows."""

    values: np.ndarray
    weights: np.ndarray


def make_targets(kind: str, label: np.ndarray, labels: np.ndarray, training: np.ndarray) -> Targets:
    """Return what rows with the drawn genre ``label`` (index) and genres ``labels`` (bool) teach.

    ``soft`` is the expectation of drawing one genre at random and making the classes equal: genre c
    of the set S has the share 1 / (|S| n_c), n_c being the films that c gets in expectation; the
    row's sum before it is scaled to 1 is the row's weight. ``training`` (bool) says which rows
    count.
    """
    ones = np.ones(len(label), np.float32)
    if kind == "label":
        return Targets(np.eye(labels.shape[1], dtype=np.float32)[label], ones)
    if kind == "multi-label":
        return Targets(labels.astype(np.float32), ones)
    picked = labels / labels.sum(axis=1, keepdims=True)
    films = picked[training].sum(axis=0)
    shares = np.divide(picked, films, out=np.zeros_like(picked), where=films > 0)
    weights = shares.sum(axis=1)
    values = shares / np.where(weights, weights, 1)[:, None]
    return Targets(
        values.astype(np.float32), (weights / weights[training].mean()).astype(np.float32)
    )
