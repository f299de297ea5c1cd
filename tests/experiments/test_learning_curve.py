"""The learning curve: scores after training on a part of the data, each computed once."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imdb_genres.errors import UserError
from imdb_genres.evaluation import fit_baselines
from imdb_genres.experiments import learning_curve as module
from imdb_genres.experiments.learning_curve import FRACTIONS, learning_curve, subset, training_rows
from tests.support.params import params_with


def test_a_larger_fraction_contains_the_smaller_ones_and_no_validation_row() -> None:
    validation = np.arange(100) % 4 == 0
    parts = [set(training_rows(validation, fraction, 7)) for fraction in FRACTIONS]
    assert [len(part) for part in parts] == [9, 18, 37, 56, 75]
    for smaller, larger in pairwise(parts):
        assert smaller < larger
    assert not parts[-1] & set(np.flatnonzero(validation))


def test_a_subset_of_tokens_keeps_the_words_of_its_rows() -> None:
    tokens = {
        "ids": np.array([1, 2, 3, 4, 5, 6]),
        "offsets": np.array([0, 2, 2, 5, 6]),
        "genres": np.array(["a", "b"]),
        "label": np.array([0, 1, 0, 1]),
        "labels": np.eye(2, dtype=bool)[[0, 1, 0, 1]],
        "validation": np.array([False, False, True, False]),
    }
    part = subset(tokens, np.array([0, 2, 3]))
    assert part["ids"].tolist() == [1, 2, 3, 4, 5, 6]
    assert part["offsets"].tolist() == [0, 2, 5, 6]
    assert part["label"].tolist() == [0, 0, 1]
    assert part["genres"].tolist() == ["a", "b"]
    assert subset(tokens, np.array([1, 2]))["ids"].tolist() == [3, 4, 5]


def test_each_size_is_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".dvc").mkdir()
    for name in ("data", "model"):
        (tmp_path / name).mkdir()
    (tmp_path / "data" / "split.parquet").write_bytes(b"films")
    measured: list[float] = []

    def measure(_: object, fraction: float) -> list[dict[str, object]]:
        measured.append(fraction)
        return [{"method": "model", "descriptions": int(100 * fraction), "value": fraction}]

    monkeypatch.setattr(module, "measure", measure)
    monkeypatch.setattr(module, "fingerprint", lambda _: "key")
    curves = [learning_curve(params_with(), lambda _: None) for _ in range(2)]
    assert measured == list(FRACTIONS)
    assert curves[0].equals(curves[1])
    assert curves[0]["descriptions"].tolist() == [12, 25, 50, 75, 100]
    (tmp_path / "data" / "split.parquet").write_bytes(b"other films")
    learning_curve(params_with(), lambda _: None)
    assert measured == 2 * list(FRACTIONS)
    (tmp_path / "model" / "weights").write_bytes(b"another model")
    learning_curve(params_with(), lambda _: None)
    assert measured == 3 * list(FRACTIONS)
    learning_curve(params_with({"evaluate.bootstrap_resamples": 10}), lambda _: None)
    assert measured == 4 * list(FRACTIONS)


def test_logistic_regression_is_fitted_on_the_sample_that_the_stage_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    folds = np.array(["train"] * 12 + ["validation"] * 3 + ["test"] * 3)
    films = pd.DataFrame({"fold": folds, "film": range(18), "label": ["a", "b"] * 9})
    films["labels"] = [[label] for label in films["label"]]
    films["text"] = [f"text {number}" for number in films.index]
    films.to_parquet("data/split.parquet")
    films[folds != "test"].to_parquet("data/balanced.parquet")
    np.savez("data/tokens.npz", genres=["a", "b"], validation=folds[folds != "test"] != "train")
    fitted: list[list[str]] = []

    def fit(texts: np.ndarray, *_: object) -> Callable[[pd.Series], np.ndarray]:
        fitted.append(texts.tolist())
        return lambda tested: np.ones((len(tested), 2))

    monkeypatch.setattr(fit_baselines, "logistic_regression", fit)
    monkeypatch.setattr(
        module, "trained_network", lambda *_: lambda texts: np.zeros(len(texts), int)
    )
    params = params_with({"baselines.max_rows": 5})
    for fraction in (0.25, 1):
        points = module.measure(params, fraction)
        assert {point["descriptions"] for point in points} == {int(12 * fraction)}
    drawn = fit_baselines.sample_rows(np.arange(12), 5, params.seed)
    assert [len(texts) for texts in fitted] == [3, 5]
    assert fitted[1] == [f"text {row}" for row in drawn]


def test_an_encoder_is_refused_before_any_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "measure", pytest.fail)
    params = params_with({"train.architecture": "encoder", "train.optimizer": "adam"})
    with pytest.raises(UserError, match="encoder"):
        learning_curve(params, lambda _: None)
