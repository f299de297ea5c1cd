"""Precision-recall curves against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve

from imdb_genres.evaluation.precision_recall import precision_recall


@pytest.mark.parametrize("decimals", [1, 6])  # with one decimal many probabilities are equal
def test_curve_and_average_precision_equal_scikit_learn(decimals: int) -> None:
    random = np.random.default_rng(decimals)
    has_genre = random.random(50) < 0.3
    probability = np.round(random.random(50) + 0.3 * has_genre, decimals)
    curve = precision_recall("War", has_genre, probability)
    expected = average_precision_score(has_genre, probability)
    assert curve.average_precision == pytest.approx(expected, abs=1e-6)
    precision, recall, _ = precision_recall_curve(has_genre, probability)
    points = {(round(r, 4), round(p, 4)) for p, r in zip(precision, recall, strict=True)}
    assert set(curve.points) <= points
    assert curve.points[-1][0] == 1


def test_a_genre_without_films_has_a_curve_of_zeros() -> None:
    curve = precision_recall("War", np.zeros(4, bool), np.array([0.1, 0.2, 0.3, 0.4]))
    assert curve.average_precision == curve.prevalence == 0
