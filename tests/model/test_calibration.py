"""Thresholds of labels are fitted on validation rows."""

import numpy as np

from imdb_genres.model.calibration import f1_threshold


def test_no_threshold_is_reached_by_a_probability_of_zero() -> None:
    tiny, truth = np.array([3e-7] * 2 + [1e-8] * 98), np.array([True] * 2 + [False] * 98)
    assert f1_threshold(tiny, truth) > 0
