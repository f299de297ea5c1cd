"""From a model's probabilities to one genre, or several."""

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from imdb_genres.errors import UserError
from imdb_genres.evaluation.metrics import Truth, ceiling, expected_balanced_accuracy
from imdb_genres.inference.predictor import Predictor
from imdb_genres.model.calibration import genre_prior
from imdb_genres.model.folder import WEIGHTS, Description
from imdb_genres.text.vocabulary import Vocabulary
from tests.support.model_folders import make_model


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


def test_a_common_genre_needs_a_higher_probability() -> None:
    single = predictor("multi-label").single_label_proba(PROBABILITIES)
    assert single.argmax(axis=1).tolist() == [0, 2]
    assert single[0] == pytest.approx([0.4 / 0.75, 0.25 / 0.75, 0.1 / 0.75])


def test_a_text_that_no_genre_fits_has_one_label_and_finite_probabilities() -> None:
    model, nothing = predictor("multi-label"), np.zeros((1, 3), np.float32)
    assert model.single_label_proba(nothing)[0] == pytest.approx([0.4, 0.2, 0.4])
    assert model.predict_labels(nothing).sum() == 1


def test_one_text_in_place_of_several_is_an_error() -> None:
    with pytest.raises(TypeError, match=r"pass \[text\]"):
        predictor("soft").predict_proba("A ghost haunts the house")


def test_single_label_probabilities_are_returned_unchanged() -> None:
    assert (predictor("soft").single_label_proba(PROBABILITIES) == PROBABILITIES).all()


def test_labels_are_those_above_their_thresholds_and_the_most_probable() -> None:
    several = predictor("multi-label").predict_labels(np.vstack([PROBABILITIES, [[0.1, 0.2, 0.1]]]))
    assert several.tolist() == [[False, True, False], [False, False, True], [False, True, False]]


def test_a_genre_counts_for_every_film_that_has_it_and_none_is_impossible() -> None:
    labels = np.array([[1, 1, 0], [0, 1, 0]], bool)
    assert genre_prior(labels) == [0.5, 1, 0.25]


def test_the_predicted_genre_maximizes_the_primary_metric() -> None:
    """Of the genres that each text has for sure, that is the one of the largest weight."""
    labels = np.array([[1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 1, 0], [1, 1, 0]], bool)
    truth = Truth(np.arange(5), np.ones(5, int), labels)
    model = predictor("multi-label", genre_prior(labels))
    named = model.single_label_proba(labels.astype(np.float32)).argmax(axis=1)
    assert expected_balanced_accuracy(truth, named).score() == pytest.approx(ceiling(truth))


def test_a_model_that_another_process_has_locked_is_read(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "model")
    with (folder / WEIGHTS).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert Predictor.load(folder).genres == ["Comedy", "Horror", "Western"]


def test_weights_that_may_not_be_read_are_not_called_corrupt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_model(tmp_path / "model")
    if os.geteuid() == 0:  # root may read everything
        monkeypatch.setattr("h5py.File", Mock(side_effect=PermissionError(13, "denied")))
    (folder / WEIGHTS).chmod(0)
    with pytest.raises(UserError, match="permission") as error:
        Predictor.load(folder)
    assert str(folder / WEIGHTS) in str(error.value) and "dvc repro" not in str(error.value)
