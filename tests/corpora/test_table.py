"""A user's own table becomes films, in any format, with any columns and values."""

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
from tests.support.params import params_with

ROWS: list[dict[str, Any]] = [
    {"name": "Tide", "year": 1931, "plot": "A ferry sinks,\nand \"nobody\" swims.", "genre": "War, Drama"},
    {"name": "Żuk", "year": None, "plot": "A beetle wins.", "genre": "Comedy"},
]  # fmt: skip
FILMS = [
    Film("Tide (1931)", "Tide", 1931, 'A ferry sinks,\nand "nobody" swims.', ("War", "Drama")),
    Film("Żuk", "Żuk", None, "A beetle wins.", ("Comedy",)),
]


def films_of(path: Path, content: Any, report: Report | None = None, **options: Any) -> list[Film]:
    """Write a table with ``content`` and return the films that are read from it."""
    if isinstance(content, pd.DataFrame):
        content.to_parquet(path)
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    changes = {f"parse.table.{name}": value for name, value in options.items()}
    return list(parse(path.parent, params_with(changes).parse, report or Report()))


def genres_of(path: Path, cell: str, **options: Any) -> list[tuple[str, ...]]:
    table = pd.DataFrame({"title": ["Tide"], "text": ["A ferry sinks."], "genres": [cell]})
    return [film.genres for film in films_of(path, table.to_csv(index=False), **options)]


@pytest.mark.parametrize(
    ("suffix", "write", "options"),
    [
        ("csv", "to_csv", {"index": False}),
        ("csv", "to_csv", {"index": False, "sep": ";", "encoding": "utf-16"}),
        ("txt", "to_csv", {"index": False, "sep": "|"}),
        ("csv.gz", "to_csv", {"index": False}),
        ("tsv.xz", "to_csv", {"index": False, "sep": "\t"}),
        ("jsonl", "to_json", {"orient": "records", "lines": True}),
        ("jsonl.bz2", "to_json", {"orient": "records", "lines": True}),
        ("jsonl", "to_json", {"orient": "records"}),
        ("json", "to_json", {"orient": "records", "indent": 1}),
        ("parquet", "to_parquet", {}),
    ],
)
def test_every_format_gives_the_same_films(
    suffix: str, write: str, options: dict[str, Any], tmp_path: Path
) -> None:
    getattr(pd.DataFrame(ROWS), write)(tmp_path / f"films.{suffix}", **options)
    assert list(parse(tmp_path, params_with().parse, Report())) == FILMS


def test_genres_of_a_parquet_list_and_of_several_columns(tmp_path: Path) -> None:
    lists = pd.DataFrame([{**ROWS[0], "genre": ["War", "Drama"]}])
    assert [film.genres for film in films_of(tmp_path / "a.parquet", lists)] == [("War", "Drama")]
    (tmp_path / "a.parquet").unlink()
    content = "text,Genre1,Genre2,Genre3\nOne.,War,Drama,\nTwo.,Crime,N/A,War\n"
    films = films_of(tmp_path / "a.csv", content, genres=["Genre1", "Genre2", "Genre3"])
    assert [film.genres for film in films] == [("War", "Drama"), ("Crime", "War")]


def test_columns_of_zeros_and_ones_name_their_genre(tmp_path: Path) -> None:
    content = "text,War,Drama\nOne.,1,0\nTwo.,1.0,True\nThree.,0,\n"
    films = films_of(tmp_path / "films.csv", content, genres=["War", "Drama"])
    assert [film.genres for film in films] == [("War",), ("War", "Drama"), ()]


@pytest.mark.parametrize(
    ("cell", "genres"),
    [("Cooking|Travel", ("Cooking", "Travel")), ("Drama|drama|DRAMA", ("Drama",)), ("N/A", ())],
)
def test_genres_are_split_and_merged(cell: str, genres: tuple[str, ...], tmp_path: Path) -> None:
    assert genres_of(tmp_path / "films.csv", cell) == [genres]


def test_the_most_frequent_spelling_names_the_genre_of_all_films(tmp_path: Path) -> None:
    content = "text,genres\nOne.,WAR\nTwo.,War\nThree.,War\n"
    films = films_of(tmp_path / "films.csv", content)
    assert [film.genres for film in films] == [("War",)] * 3


def test_a_separator_that_is_set_is_used(tmp_path: Path) -> None:
    assert genres_of(tmp_path / "a.csv", "War/Drama, Crime", separator="/") == [
        ("War", "Drama, Crime")
    ]


def test_rows_with_one_key_are_descriptions_of_one_film(tmp_path: Path) -> None:
    content = "id,plot,genre\n7,One.,War\n8,Other.,Crime\n7,Two.,Drama\n7.0,One.,Comedy\n"
    report = Report()
    films = films_of(tmp_path / "films.csv", content, report, film="id", title=None)
    assert [(film.film, film.text) for film in films] == [
        ("7", "One."),
        ("7", "Two."),
        ("8", "Other."),
    ]
    assert films[0].genres == films[1].genres == ("War", "Drama", "Comedy")
    assert report.dropped == {"repeated text": 1}


def test_rows_that_count_as_one_film_by_their_title_are_reported(tmp_path: Path) -> None:
    report = Report()
    content = "title,text,genres\nHamlet,One.,War\nHamlet,Two.,Drama\nTide,Three.,War\n"
    assert len(films_of(tmp_path / "films.csv", content, report)) == 3
    assert "3 descriptions of 2 films" in report.notices[1]


@pytest.mark.parametrize("missing", ["NaN", "null", '""', '"NaN"', '"\\\\N"'])
def test_films_without_a_title_are_kept_apart_by_their_texts(missing: str, tmp_path: Path) -> None:
    lines = [f'{{"title": {missing}, "text": "{text}", "genres": "War"}}' for text in ("A.", "B.")]
    films = films_of(tmp_path / "films.jsonl", "\n".join(lines))
    assert [film.title for film in films] == ["", ""]
    assert len({film.film for film in films}) == 2


def test_zero_is_a_key_and_an_empty_key_is_malformed(tmp_path: Path) -> None:
    lines = [json.dumps({"id": key, "text": "A.", "genres": "War"}) for key in (0, None)]
    report = Report(max_malformed=1)
    films = films_of(tmp_path / "films.jsonl", "\n".join(lines), report, film="id", title=None)
    assert [film.film for film in films] == ["0"]
    assert report.malformed == ["films.jsonl, line 2: id is empty, expected a film's key"]


@pytest.mark.parametrize("value", ["Movie", ["movie", "Short"]])
def test_rows_are_selected_by_a_column(value: Any, tmp_path: Path) -> None:
    content = "kind,year,text,genres\nMovie,1931,One.,War\nEpisode,soon,Two.,War\n"
    report = Report()
    films = films_of(tmp_path / "films.csv", content, report, where={"kind": value})
    assert [film.text for film in films] == ["One."]
    assert report.dropped == {"not in parse.table.where": 1}
    with pytest.raises(UserError, match=r"kind has 'Movie' \(1\), 'Episode' \(1\)"):
        films_of(tmp_path / "films.csv", content, where={"kind": "Film"})


def test_rows_are_selected_by_any_value_of_a_list(tmp_path: Path) -> None:
    kinds = [["Short", "Movie"], ["Episode"], {"id": 1}]
    lines = [json.dumps({"kind": kind, "text": "A.", "genres": "War"}) for kind in kinds]
    content, report = "\n".join(lines), Report(max_malformed=1)
    assert len(films_of(tmp_path / "films.jsonl", content, report, where={"kind": "movie"})) == 1
    assert report.dropped == {"not in parse.table.where": 1}
    assert len(report.malformed) == 1 and "line 3" in report.malformed[0]
    with pytest.raises(UserError, match=r"kind has 'Short' \(1\), 'Movie' \(1\), 'Episode' \(1\)"):
        films_of(tmp_path / "films.jsonl", content, Report(max_malformed=1), where={"kind": "x"})


def test_placeholders_are_counted_and_no_genre(tmp_path: Path) -> None:
    content = "text,genres\nOne.,(no genres listed)\nTwo.,War|unknown\nThree.,War\n"
    report = Report()
    films = films_of(tmp_path / "films.csv", content, report)
    assert [film.genres for film in films] == [(), ("War",), ("War",)]
    assert report.ignored == {"(no genres listed)": 1, "unknown": 1}


THAI = "ชายคนหนึ่งเดินทางไปตามหาน้องชายที่หายไป"
CHINESE = "一个退休的枪手骑马进城寻找他失踪的兄弟"


@pytest.mark.parametrize(
    ("rows", "notices"),
    [
        (["One.,War", "Two.,Drama"], []),
        (["One.,War|Drama"], ["'War|Drama'"]),
        (["One.,War/Drama"], ["parse.table.separator to '/'"]),
        (["One.,War", "Two.,war"], ["War (also 'war')"]),
        ([f"{CHINESE},War", f"{THAI},War"], ["2 of 2 texts are written without spaces"]),
        (["A café in Łódź.,War", "Two.,War"], []),
        (["Same.,War", "Same.,Drama"], ["2 descriptions hold only 1 different texts"]),
    ],
)
def test_a_suspicious_table_is_reported(
    rows: list[str], notices: list[str], tmp_path: Path
) -> None:
    report = Report()
    lines = [f"F{number},{row}" for number, row in enumerate(rows)]
    films_of(
        tmp_path / "films.csv", "\n".join(["title,text,genres", *lines]), report, separator=","
    )
    _columns, *rest = report.notices
    assert len(rest) == len(notices)
    assert all(part in notice for part, notice in zip(notices, rest, strict=True))


def test_more_genres_than_films_can_have_are_reported(tmp_path: Path) -> None:
    lines = [f"Text {number}.,Action Drama {number}" for number in range(60)]
    report = Report()
    films_of(tmp_path / "films.csv", "\n".join(["text,genres", *lines]), report)
    assert any("60 different genres in 60" in notice for notice in report.notices)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "films.csv has no rows: a table needs column names and rows"),
        ("name,year,plot,genre\n", "films.csv has no rows"),
        ("name,year,plot,genre\nTide,1931,A ferry.\n", "line 2: 3 fields, expected 4"),
        ("name,year,plot,genre\nTide,soon,A ferry.,War\n", r"line 2: the year \(year\) is 'soon'"),
        ("name,year,plot,genre\nTide,1931,A ferry.,[War\n", "line 2: genre: .* starts like a list"),
        (b"name,year,plot,genre\nTide,1931,A f\xe9rry.,War\n", "line 2: byte 0xe9 in position 14"),
        ('name,year,plot,genre\nA,1,B,War\nTide,1931,"A\nferry.,War\n', "line 3: unexpected end"),
        ('name,year,plot,genre\nTide,1931,"A "ferry".",War\n', "line 2: .* is a quote left open"),
    ],
)
def test_a_malformed_table_is_reported_by_file_and_line(
    content: str | bytes, message: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=message):
        films_of(tmp_path / "films.csv", content, year="year")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"name": "Tide"', "line 1: .* expected a JSON object"),
        ("7", "line 1: 7, expected a JSON object"),
        (
            '{"name": "T", "year": 1, "plot": "A.", "genre": "War"}',
            r"line 1: the year \(year\) is 1",
        ),
        ('{"name": "T", "plot": 5, "genre": "War"}', "plot is 5, expected a text"),
        ('{"name": "T", "plot": "A.", "genre": [5]}', "genre: a genre is 5, expected a name"),
        ('{"plot": "A.", "genre": "War", "genre": "Drama"}', "two values of the key 'genre'"),
        ('{"name": "\\ud800", "plot": "A.", "genre": "War"}', "surrogates not allowed"),
    ],
)
def test_a_malformed_json_line_is_reported(line: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        films_of(tmp_path / "films.jsonl", line)


@given(
    content=st.binary(max_size=80),
    suffix=st.sampled_from([".csv", ".tsv", ".txt", ".json", ".jsonl", ".csv.gz", ".parquet"]),
)
@example(content=b"[" * 9000, suffix=".jsonl")
@example(content=b"[{" + b'"a":[' * 9000, suffix=".jsonl")
@example(content=b"name,plot,genre\n,," + b"[" * 9000, suffix=".csv")
def test_no_bytes_crash_it(content: bytes, suffix: str) -> None:
    for start in (b"", b"name,year,plot,genre\n", b'[{"plot": "A.", "genre": "War"}, '):
        with TemporaryDirectory() as folder, suppress(UserError):
            films_of(Path(folder) / f"films{suffix}", start + content)


def test_malformed_rows_are_skipped_up_to_the_limit(tmp_path: Path) -> None:
    content = "name,year,plot,genre\nTide,soon,A ferry.,War\nA,B\nOdd,1940,An owl.,War\n"
    report = Report(max_malformed=2)
    assert [film.title for film in films_of(tmp_path / "films.csv", content, report)] == ["Odd"]
    locations = [record.split(":")[0] for record in report.malformed]
    assert locations == ["films.csv, line 2", "films.csv, line 3"]


def test_messages_stay_short(tmp_path: Path) -> None:
    header = ",".join(f"column {number}" for number in range(3000))
    with pytest.raises(UserError) as error:
        films_of(tmp_path / "films.csv", f"{header}\n{',' * 2999}\n", text="Plots")
    assert len(str(error.value)) < 400
