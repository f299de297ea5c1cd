"""Which films a trial is trained on and scored on."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imdb_genres.errors import UserError
from imdb_genres.search.films import SearchFilms, read_films
from tests.support.params import params_with

SPLIT = params_with().split


def write_table(path: Path, training: int = 40, validation: int = 10) -> Path:
    """Write films of one description each; two of the training films are the same text."""
    count = training + validation
    texts = [
        f"film number {row} has words of its own: {'x' * row} {'y' * row}" for row in range(count)
    ]
    texts[1] = texts[0]
    table = {
        "film": [f"film {row}" for row in range(count)],
        "title": [f"title {row}" for row in range(count)],
        "year": pa.array([2000] * count, pa.int16()),
        "text": texts,
        "label": ["Drama", "Crime"] * (count // 2),
        "labels": [["Crime", "Drama"], ["Crime"]] * (count // 2),
        "fold": ["validation"] * validation + ["train"] * training,
    }
    pq.write_table(pa.table(table), path)
    return path


def films(path: Path, folds: int = 1) -> SearchFilms:
    return read_films(write_table(path / "films.parquet"), SPLIT, 7, folds)


def test_one_fold_is_the_pipelines_own(tmp_path: Path) -> None:
    found = films(tmp_path)
    training, validation = found.rows(0)
    assert validation.tolist() == list(range(10)) and training.tolist() == list(range(10, 50))
    assert found.genres == ["Crime", "Drama"]
    assert found.label[:2].tolist() == [1, 0] and found.labels[0].tolist() == [True, True]


def test_folds_do_not_overlap_and_have_equal_sizes(tmp_path: Path) -> None:
    found = films(tmp_path, folds=4)
    assert found.rows(0)[1].tolist() == list(range(10))
    sizes = [len(found.rows(fold)[1]) for fold in range(4)]
    assert all(4 <= size <= 16 for size in sizes) and sum(sizes) < 50
    for fold in range(4):
        assert sorted(np.concatenate(found.rows(fold))) == list(range(50))


def test_near_duplicates_share_a_fold(tmp_path: Path) -> None:
    path = write_table(tmp_path / "films.parquet", training=40)
    table = pq.read_table(path).to_pydict()
    table["text"] = ["the same long description of a film that is told many times over"] * 50
    pq.write_table(pa.table(table), path)
    fold = read_films(path, SPLIT, 7, 3).fold
    assert len(set(fold[10:])) == 1


def test_too_many_folds_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="films for 5 folds"):
        films(tmp_path, folds=6)
