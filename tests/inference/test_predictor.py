"""What a model's probabilities become: one genre, or several."""

from collections.abc import Sequence

import numpy as np
import pytest

from imdb_genres.evaluation.metrics import Truth, ceiling, expected_balanced_accuracy
from imdb_genres.inference.predictor import Predictor
from imdb_genres.model.calibration import genre_prior
from imdb_genres.model.folder import Description
from imdb_genres.text.vocabulary import Vocabulary


def predictor(targets: str, frequencies: Sequence[float] = (0.25, 0.5, 0.25)) -> Predictor:
    description = Description.model_validate(
        {
            "architecture": "mlp",
            "network": {},
            "input": {"mode": "binary", "normalize": False},
            "genres": ["Comedy", "Drama", "War"],
            "targets": targets,
            "temperature": 1.0,
            "thresholds": [0.5, 0.3, 0.2],
            "frequencies": list(frequencies),
        }
    )
    return Predictor(description, Vocabulary([""], np.zeros(1)), np.asarray)


PROBABILITIES = np.array([[0.4, 0.5, 0.1], [0.1, 0.1, 0.8]], np.float32)


def test_a_common_genre_must_be_likelier_to_be_the_one() -> None:
    single = predictor("multi-label").single(PROBABILITIES)
    assert single.argmax(axis=1).tolist() == [0, 2]
    assert single[0] == pytest.approx([0.4 / 0.75, 0.25 / 0.75, 0.1 / 0.75])


def test_probabilities_of_a_single_genre_are_what_they_are() -> None:
    assert (predictor("soft").single(PROBABILITIES) == PROBABILITIES).all()


def test_several_genres_are_those_above_their_thresholds_and_the_likeliest() -> None:
    several = predictor("multi-label").several(np.vstack([PROBABILITIES, [[0.1, 0.2, 0.1]]]))
    assert several.tolist() == [[False, True, False], [False, False, True], [False, True, False]]


def test_a_genre_counts_for_every_film_that_has_it_and_none_is_impossible() -> None:
    labels = np.array([[1, 1, 0], [0, 1, 0]], bool)
    assert genre_prior(labels) == [0.5, 1, 0.25]


def test_the_one_genre_named_is_the_one_that_the_headline_gives_most_for() -> None:
    """Of the genres that each text has for sure, that is the one of the largest weight."""
    labels = np.array([[1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 1, 0], [1, 1, 0]], bool)
    truth = Truth(np.arange(5), np.ones(5, int), labels)
    model = predictor("multi-label", genre_prior(labels))
    named = model.single(labels.astype(np.float32)).argmax(axis=1)
    assert expected_balanced_accuracy(truth, named).score() == pytest.approx(ceiling(truth))
