"""Intervals of scores and of differences, and the paired test."""

import numpy as np
import pytest

from imdb_genres.evaluation.bootstrap import (
    bootstrap_scores,
    difference,
    film_weights,
    per_film_difference,
    percentile_interval,
    resample_films,
    sign_flip_bounds,
    sign_flip_p_value,
    verdict,
)
from imdb_genres.evaluation.metrics import Ratio


def hits(seed: int, rate: float, films: int = 400) -> Ratio:
    found = np.random.default_rng(seed).random((films, 1)) < rate
    return Ratio(found.astype(float), np.ones((films, 1)))


def test_an_interval_covers_the_truth_about_95_times_in_100() -> None:
    covered = 0
    for seed in range(200):
        low, high = percentile_interval(bootstrap_scores([hits(seed, 0.3)], 400, seed)[0])
        covered += low <= 0.3 <= high
    assert 180 <= covered <= 198


def test_draws_are_seeded_and_of_films() -> None:
    counts = np.concatenate(list(resample_films(50, 130, 7)))
    assert counts.shape == (130, 50)
    assert (counts.sum(axis=1) == 50).all()
    assert (np.concatenate(list(resample_films(50, 130, 7))) == counts).all()


def test_the_same_films_are_drawn_for_every_score() -> None:
    ratio = hits(1, 0.5)
    assert (np.diff(bootstrap_scores([ratio, ratio], 20, 1), axis=0) == 0).all()


def test_a_difference_is_that_of_the_scores_and_a_mean_over_the_genres_that_are_there() -> None:
    random = np.random.default_rng(3)
    films = random.random((60, 4)) * [1, 1, 1, 0]
    first, second = (Ratio(films * (random.random((60, 4)) < 0.5), films) for _ in range(2))
    found = difference([first], [second], 1)
    assert found.value == pytest.approx(second.score() - first.score())
    assert found.low < found.value < found.high


def test_a_clear_improvement_is_significant_and_the_verdict_says_so() -> None:
    found = difference([hits(1, 0.3)], [hits(2, 0.5)], 1)
    assert found.p < 0.001
    assert found.low > 0
    assert verdict("the old", "the new", found).startswith("The new is better than the old (+0.")
    assert verdict("cnn", "gru", found).startswith("gru is better than cnn")
    assert "worse" in verdict("the new", "the old", difference([hits(2, 0.5)], [hits(1, 0.3)], 1))


def test_chance_alone_is_significant_five_times_in_a_hundred() -> None:
    found = [difference([hits(seed, 0.3)], [hits(seed + 500, 0.3)], 1) for seed in range(100)]
    assert 1 <= sum(each.significant for each in found) <= 10


def test_the_interval_excludes_zero_exactly_where_the_test_is_significant() -> None:
    found = [
        difference([hits(seed, 0.3, films)], [hits(seed + 500, 0.3 + seed / 500, films)], 1)
        for seed in range(40)
        for films in (9, 40, 200)
    ]
    assert {each.significant for each in found} == {True, False}
    for each in found:
        assert each.low <= each.value <= each.high
        assert each.significant == (each.low > 0 or each.high < 0)


def test_the_interval_covers_the_true_difference_about_95_times_in_100() -> None:
    found = [difference([hits(seed, 0.3)], [hits(seed + 500, 0.4)], 1) for seed in range(100)]
    assert 88 <= sum(each.low <= 0.1 <= each.high for each in found) <= 99


def test_the_interval_holds_the_differences_that_the_test_does_not_reject() -> None:
    first, second = hits(1, 0.3, 60), hits(2, 0.5, 60)
    found = difference([first], [second], 1)
    gains, weights = per_film_difference(first, second), film_weights(first)

    def p_value(shift: float) -> float:
        shifted = gains - shift * weights
        return sign_flip_p_value(*sign_flip_bounds(shifted, weights, 1))

    for bound, outside in ((found.low, -1e-6), (found.high, 1e-6)):
        assert p_value(bound - outside) >= 0.05
        assert p_value(bound + outside) < 0.05


def test_equal_predictions_do_not_differ() -> None:
    found = difference([hits(1, 0.3)], [hits(1, 0.3)], 1)
    assert found.value == found.low == found.high == 0
    assert found.p == 1
    assert verdict("a", "b", found).startswith("No significant difference between b and a")
