"""The format of predictions.parquet."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imdb_genres.evaluation.metrics import Predictions
from imdb_genres.evaluation.predictions import PredictionTable

PATH = Path("predictions.parquet")
GENRES = ["film", "label", "predicted", "text_hash"]  # names of the file's other columns


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def table() -> PredictionTable:
    films = pd.DataFrame(
        {
            "film": ["a", "b"],
            "text": ["a text", "another"],
            "label": ["film", "label"],
            "labels": [["film"], ["label", "film"]],
        },
        index=[3, 5],
    )
    probabilities = np.array([[0.5, 0.25, 0.25, 0], [0.125, 0.5, 0.25, 0.125]])
    return PredictionTable.of(films, Predictions(probabilities, probabilities >= 0.25), GENRES)


def test_a_genre_may_have_the_name_of_any_column() -> None:
    table().write(PATH)
    read = PredictionTable.read(PATH)
    assert read.genres == GENRES
    assert read.rows["film"].tolist() == ["a", "b"]
    assert read.rows["predicted"].tolist() == ["film", "label"]
    assert [list(listed) for listed in read.rows["predicted_labels"]] == [GENRES[:3], GENRES[1:3]]
    assert read.probabilities.to_numpy().tolist() == table().probabilities.to_numpy().tolist()


def test_files_of_the_format_before_are_read() -> None:
    old = {"film": ["a"], "label": ["War"], "labels": [["War"]], "named": ["War"]}
    pd.DataFrame(old | {"listed": [["War"]], "Comedy": [0.25], "War": [0.75]}).to_parquet(PATH)
    read = PredictionTable.read(PATH)
    assert read.genres == ["Comedy", "War"]
    assert read.rows["predicted"].tolist() == ["War"]
    assert "text_hash" not in read.rows


def test_another_text_has_another_hash() -> None:
    first, second = table().rows["text_hash"]
    assert first != second


def test_any_other_table_is_refused() -> None:
    pd.DataFrame({"film": ["a"]}).to_parquet(PATH)
    with pytest.raises(ValueError, match="without the columns labels, predicted"):
        PredictionTable.read(PATH)
