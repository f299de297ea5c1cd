"""Descriptions are labelled, and the classes are shown."""

from pathlib import Path

import pandas as pd
import pytest

from imdb_genres.errors import UserError
from stages import label
from tests.support.params import params_with


def write_films(genres: list[list[str]]) -> None:
    Path("data").mkdir()
    films = [f"film {n}" for n in range(len(genres))]
    pd.DataFrame({"film": films, "genres": genres}).to_parquet("data/films.parquet")


def test_descriptions_without_a_kept_genre_are_dropped_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_films([["Drama"], ["War"], ["Comedy", "War"], ["Drama"], ["Comedy"]])
    label.main(params_with({"label.min_films": 2}))
    labelled = pd.read_parquet("data/labelled.parquet")
    assert labelled["film"].tolist() == ["film 0", "film 2", "film 3", "film 4"]
    assert labelled["label"].tolist() == ["Drama", "Comedy", "Drama", "Comedy"]
    output = capsys.readouterr().out
    assert "2 genres, films expected of each: Comedy 2, Drama 2" in output
    assert "dropped, with the films that name them: War 2" in output
    assert "4 descriptions, dropped 1 of rarer genres" in output


def test_too_few_genres_are_reported_with_a_minimum_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_films([["Drama"]] * 9 + [["War"]] * 5 + [["Crime"]] * 2)
    message = r"keeps 0 of 3 genres.* label.min_films to 5 \(2 genres\) or 2 \(3 genres\)"
    with pytest.raises(UserError, match=message):
        label.main(params_with({"label.min_films": 200}))
    assert [path.name for path in Path("data").iterdir()] == ["films.parquet"]


def test_one_genre_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_films([["Drama"]] * 3)
    with pytest.raises(UserError, match=r"genres \(Drama\)"):
        label.main(params_with())


def test_three_hundred_genres_are_shown_shortly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_films([[f"genre {number}"] for number in range(300)])
    label.main(params_with({"label.min_films": 1}))
    assert "and 270 more" in capsys.readouterr().out
    with pytest.raises(UserError) as error:
        label.main(params_with({"label.min_films": 2}))
    assert len(str(error.value)) < 400
