"""Precision-recall curves: one-vs-rest, films ranked by the genre's probability."""

from typing import NamedTuple

import numpy as np

MAX_POINTS = 60  # of a curve in the report


class Curve(NamedTuple):
    """A genre's curve, from the highest threshold to the lowest."""

    genre: str
    points: list[tuple[float, float]]  # recall, precision
    average_precision: float
    prevalence: float


def precision_recall(genre: str, has_genre: np.ndarray, probability: np.ndarray) -> Curve:
    """Return the curve of ``probability`` (n,) against ``has_genre`` (n,) bool."""
    order = np.argsort(-probability, kind="stable")
    ranked = probability[order]
    last_of_equals = np.append(ranked[:-1] != ranked[1:], True)
    hits = np.cumsum(has_genre[order])[last_of_equals]
    predicted = np.arange(1, len(order) + 1)[last_of_equals]
    precision, recall = hits / predicted, hits / max(int(has_genre.sum()), 1)
    average = float((np.diff(recall, prepend=0) * precision).sum())
    chosen = np.unique(np.linspace(0, len(precision) - 1, MAX_POINTS).round().astype(int))
    points = list(
        zip(recall[chosen].round(4).tolist(), precision[chosen].round(4).tolist(), strict=True)
    )
    return Curve(genre, points, round(average, 6), round(float(has_genre.mean()), 6))
