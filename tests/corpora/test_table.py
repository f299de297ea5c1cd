"""A user's own table, in four formats, and the sentences that tell what is wrong with it."""

import json
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imdb_genres.corpora.base import Film, Report
from imdb_genres.corpora.table import parse
from imdb_genres.errors import UserError
from imdb_genres.params.data import Parse
from tests.support.params import params_with

ROWS: list[dict[str, Any]] = [
    {"name": "Tide", "made": 1931, "plot": "A ferry sinks,\nand \"nobody\" swims.", "kind": "War, Drama"},
    {"name": "Żuk", "made": None, "plot": "A beetle wins.", "kind": "Comedy"},
]  # fmt: skip
FILMS = [
    Film("Tide (1931)", "Tide", 1931, 'A ferry sinks,\nand "nobody" swims.', ("War", "Drama")),
    Film("Żuk", "Żuk", None, "A beetle wins.", ("Comedy",)),
]


def params(**columns: Any) -> Parse:
    names = {"title": "name", "year": "made", "text": "plot", "genres": "kind", **columns}
    return params_with({f"parse.table.{name}": column for name, column in names.items()}).parse


def films_of(
    path: Path, content: str | bytes, report: Report | None = None, **columns: Any
) -> list[Film]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(parse(path.parent, params(**columns), report or Report()))


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_four_formats_give_the_same_films(suffix: str, tmp_path: Path) -> None:
    table = pd.DataFrame(ROWS)
    path = tmp_path / f"films{suffix}"
    match suffix:
        case ".csv":
            table.to_csv(path, index=False)
        case ".tsv":
            table.to_csv(path, index=False, sep="\t")
        case ".jsonl":
            table.to_json(path, orient="records", lines=True)
        case ".parquet":
            table.to_parquet(path)
    assert list(parse(tmp_path, params(), Report())) == FILMS


@pytest.mark.parametrize(
    "kind", [["War", "Drama"], "['War', 'Drama']", '["War","Drama"]', "War,Drama", " War ,, Drama "]
)
def test_genres_are_a_list_or_a_separated_string(kind: Any, tmp_path: Path) -> None:
    (film,) = films_of(tmp_path / "films.jsonl", json.dumps({**ROWS[0], "kind": kind}))
    assert film.genres == ("War", "Drama")


def test_lists_in_parquet_and_another_separator(tmp_path: Path) -> None:
    pd.DataFrame([{**ROWS[0], "kind": ["War", "Drama"]}]).to_parquet(tmp_path / "films.parquet")
    assert [film.genres for film in parse(tmp_path, params(), Report())] == [("War", "Drama")]
    (tmp_path / "films.parquet").unlink()
    content = "name,made,plot,kind\nTide,1931,A ferry sinks.,War|Drama\n"
    assert films_of(tmp_path / "a.csv", content, separator="|")[0].genres == ("War", "Drama")


def test_rows_with_one_key_are_descriptions_of_one_film(tmp_path: Path) -> None:
    content = "id,plot,kind\n7,One.,War\n8,Other.,Crime\n7,Two.,Drama\n7,One.,Comedy\n"
    report = Report()
    columns = {"film": "id", "title": None, "year": None}
    films = films_of(tmp_path / "films.csv", content, report, **columns)
    assert [(film.film, film.text) for film in films] == [
        ("7", "One."),
        ("7", "Two."),
        ("8", "Other."),
    ]
    assert films[0].genres == films[1].genres == ("War", "Drama", "Comedy")
    assert report.dropped == {"repeated text": 1}


def test_without_key_and_title_the_text_is_the_key(tmp_path: Path) -> None:
    content = "plot,kind\nOne.,War\nTwo.,War\nOne.,Drama\n"
    films = films_of(tmp_path / "films.csv", content, title=None, year=None)
    assert len({film.film for film in films}) == len(films) == 2


def test_a_byte_order_mark_and_blank_lines_are_no_matter(tmp_path: Path) -> None:
    content = "\ufeffname,made,plot,kind\r\n\r\nTide,1931,A ferry sinks.,War\r\n\r\n"
    assert films_of(tmp_path / "films.csv", content)[0].title == "Tide"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "films.csv is empty: a table needs column names and rows"),
        ("name,made,plot,kind\n", "films.csv is empty"),
        (
            "name,made,Plots,kind\nTide,1931,A ferry.,War\n",
            r"no column 'plot' \(parse.table.text\) \(did you mean 'Plots'\?\); it has: name, made, Plots, kind",
        ),
        (
            b"name,made,plot,kind\nTide,1931,A f\xe9rry.,War\n",
            "films.csv, line 2: byte 0xe9 in place 14 is not UTF-8",
        ),
        ("name,made,plot,kind\nTide,1931,A ferry.\n", "line 2: 3 fields, expected 4"),
        ("name,made,plot,kind\nTide,soon,A ferry.,War\n", "line 2: the year is 'soon'"),
        ('name,made,plot,kind\nTide,1931,"A ferry.,War\n', "line 2: unexpected end of data"),
        ('name,made,plot,kind\nTide,1931,"A "ferry".",War\n', "line 2: .* is a quote left open"),
        ("name,made,plot,kind\nTide,1931,A ferry.,[War\n", "line 2: .* starts like a list"),
    ],
)
def test_a_damaged_table_is_told_by_file_and_line(
    content: str | bytes, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=sentence):
        films_of(tmp_path / "films.csv", content)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('{"name": "Tide"', "line 1: .* expected a JSON object"),
        ("7", "line 1: '7', expected a JSON object"),
        ('{"name": "T", "made": 1, "plot": 5, "kind": "War"}', "line 1: the year is 1"),
        ('{"name": "T", "made": 1931, "plot": 5, "kind": "War"}', "plot is 5, expected a text"),
        ('{"name": "T", "made": 1931, "plot": "A.", "kind": 5}', "kind is 5, expected names"),
        ('{"name": "T", "made": 1931, "plot": "A.", "kind": [5]}', "kind is .5., expected names"),
        (
            '{"name": "\\ud800", "made": 1931, "plot": "A.", "kind": "War"}',
            "surrogates not allowed",
        ),
    ],
)
def test_a_damaged_json_line_is_told(line: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=sentence):
        films_of(tmp_path / "films.jsonl", line)


@given(content=st.binary(max_size=80), suffix=st.sampled_from([".csv", ".tsv", ".jsonl"]))
@example(content=b"[" * 9000, suffix=".jsonl")
@example(content=b"name,made,plot,kind\n,,," + b"[" * 9000, suffix=".csv")
def test_no_bytes_crash_it(content: bytes, suffix: str) -> None:
    with TemporaryDirectory() as folder, suppress(UserError):
        films_of(Path(folder) / f"films{suffix}", content)
        films_of(Path(folder) / f"films{suffix}", b"name,made,plot,kind\n" + content)


def test_damaged_rows_are_skipped_up_to_the_limit(tmp_path: Path) -> None:
    content = "name,made,plot,kind\nTide,soon,A ferry.,War\nA,B\nOdd,1940,An owl.,War\n"
    report = Report(max_malformed=2)
    assert [film.title for film in films_of(tmp_path / "films.csv", content, report)] == ["Odd"]
    assert [place.split(":")[0] for place in report.malformed] == [
        "films.csv, line 2",
        "films.csv, line 3",
    ]


def test_a_file_that_is_not_parquet_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not readable Parquet"):
        films_of(tmp_path / "films.parquet", "name,made")
