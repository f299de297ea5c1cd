"""How sure a score and a difference are."""

import numpy as np
import pytest

from imdb_genres.evaluation.bootstrap import (
    bootstrap_scores,
    difference,
    film_draws,
    percentile_interval,
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
    draws = np.concatenate(list(film_draws(50, 130, 7)))
    assert draws.shape == (130, 50)
    assert (draws.sum(axis=1) == 50).all()
    assert (np.concatenate(list(film_draws(50, 130, 7))) == draws).all()


def test_the_same_films_are_drawn_for_every_score() -> None:
    ratio = hits(1, 0.5)
    assert (np.diff(bootstrap_scores([ratio, ratio], 20, 1), axis=0) == 0).all()


def test_a_difference_is_that_of_the_scores_and_a_mean_over_the_genres_that_are_there() -> None:
    random = np.random.default_rng(3)
    films = random.random((60, 4)) * [1, 1, 1, 0]
    first, second = (Ratio(films * (random.random((60, 4)) < 0.5), films) for _ in range(2))
    found = difference([first], [second], 200, 1)
    assert found.value == pytest.approx(second.score() - first.score())
    assert found.low < found.value < found.high


def test_one_clearly_better_is_found_and_said() -> None:
    found = difference([hits(1, 0.3)], [hits(2, 0.5)], 500, 1)
    assert found.p < 0.001
    assert found.low > 0
    assert verdict("the old", "the new", found).startswith("The new is better than the old (+0.")
    assert "worse" in verdict(
        "the new", "the old", difference([hits(2, 0.5)], [hits(1, 0.3)], 500, 1)
    )


def test_chance_alone_is_called_a_difference_five_times_in_a_hundred() -> None:
    found = [sign_flip_p_value(hits(seed, 0.3).numerator[:, 0] - hits(seed + 500, 0.3).numerator[:, 0], 1)
             for seed in range(100)]  # fmt: skip
    assert 1 <= sum(p < 0.05 for p in found) <= 10


def test_equal_answers_are_not_told_apart() -> None:
    found = difference([hits(1, 0.3)], [hits(1, 0.3)], 100, 1)
    assert found.value == found.low == found.high == 0
    assert found.p == 1
    assert verdict("a", "b", found).startswith("These films do not tell b from a")
