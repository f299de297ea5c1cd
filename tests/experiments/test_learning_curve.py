"""The learning curve: scores after training on a part of the data, each computed once."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

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
    (tmp_path / "data").mkdir()
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
    assert measured == [*FRACTIONS, *FRACTIONS]
