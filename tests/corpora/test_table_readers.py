"""Delimited and JSON files are read in the dialect that they are written in."""

import codecs
import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imdb_genres.corpora.base import Report
from imdb_genres.corpora.json_table import CHUNK_SIZE
from imdb_genres.corpora.table_readers import fold, open_table
from imdb_genres.corpora.table_values import TableRow
from imdb_genres.errors import UserError

EXPECTED = frozenset({"title", "text", "genres"})
TIDE = {"title": "Tide", "text": "A ferry, it sinks.", "genres": "War"}


def rows_of(
    path: Path,
    content: str | bytes,
    header: list[str] | None = None,
    report: Report | None = None,
) -> list[TableRow]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    table = open_table(path, header, EXPECTED)
    return [row for _, row in table.rows(report or Report())]


@pytest.mark.parametrize(
    "content",
    [
        'title,text,genres\nTide,"A ferry, it sinks.",War\n',
        '\ufefftitle,text,genres\r\n\r\nTide,"A ferry, it sinks.",War\r\n\r\n',
        'sep=,\ntitle,text,genres\nTide,"A ferry, it sinks.",War\n',
        'sep=;\r\n"title";"text";"genres"\r\nTide;A ferry, it sinks.;War\r\n',
        '\n\ntitle,text,genres\nTide,"A ferry, it sinks.",War\n,,\n',
        'title, text, genres\nTide, "A ferry, it sinks.", War\n',
        "title;text;genres\nTide;A ferry, it sinks.;War\n",
        'title,text,genres\nTide,"A ferry, it sinks.",War,,\n',
        gzip.compress(b'title,text,genres\nTide,"A ferry, it sinks.",War\n', mtime=0),
        "title|text|genres\nTide|A ferry, it sinks.|War\n",
        "title\ttext\tgenres\nTide\tA ferry, it sinks.\tWar\n",
        "title ::: text ::: genres\nTide ::: A ferry, it sinks. ::: War\n",
        'title,text,genres\rTide,"A ferry, it sinks.",War\r',
        'title,text,genres\nTide,"A ferry, it sinks.",War\n'.encode("utf-16"),
        'title,text,genres\nTide,"A ferry, it sinks.",War\n'.encode("utf-16-le"),
        'title,text,genres\nTide,"A ferry, it sinks.",War\n'.encode("utf-32"),
        codecs.BOM_UTF32_BE
        + 'title,text,genres\nTide,"A ferry, it sinks.",War\n'.encode("utf-32-be"),
    ],
)
def test_the_dialect_is_detected(content: str | bytes, tmp_path: Path) -> None:
    assert rows_of(tmp_path / "films.csv", content) == [TIDE]
    assert rows_of(tmp_path / "films.txt", content) == [TIDE]


def test_the_delimiter_is_the_one_that_gives_the_expected_columns(tmp_path: Path) -> None:
    content = "id\ttext\tgenres (a, b, c, d)\ttitle\n1\tA ferry, it sinks.\tWar\tTide\n"
    (row,) = rows_of(tmp_path / "films.csv", content)
    assert row["text"] == TIDE["text"]


@pytest.mark.parametrize("character", ["\0", "\u2028", "\x85", "\x0b", "\r\n", "\n"])
def test_odd_characters_stay_in_their_field(character: str, tmp_path: Path) -> None:
    text = f"A ferry{character}sinks."
    content = f'title,text,genres\nTide,"{text}",War\n'
    assert rows_of(tmp_path / "films.csv", content) == [{**TIDE, "text": text}]


def test_quotes_are_characters_in_a_table_that_does_not_enclose_fields(tmp_path: Path) -> None:
    titles = ['"Giliap"', '"Rome" burns', '"Tide', 'The "Tide"']
    lines = ["title\ttext\tgenres", *(f"{title}\tA.\tWar" for title in titles)]
    rows = rows_of(tmp_path / "films.tsv", "\n".join(lines))
    assert [row["title"] for row in rows] == titles


@pytest.mark.parametrize(
    ("lines", "texts"),
    [
        (['A\tWar\t"One', 'two"', 'B\tWar\t"Three ""x"""'], ["One\ntwo", 'Three "x"']),
        (['A\tWar\t"One', "B\tWar\tTwo"], ['"One', "Two"]),
        (['A\tWar\t"One'], ['"One']),
        (['"A" b\tWar\tOne', 'C\tWar\t"Two'], ["One", '"Two']),
    ],
)
def test_an_open_quote_in_the_last_column_is_decided_by_the_next_line(
    lines: list[str], texts: list[str], tmp_path: Path
) -> None:
    content = "\n".join(["title\tgenres\ttext", *lines]) + "\n"
    assert [row["text"] for row in rows_of(tmp_path / "films.tsv", content)] == texts


def test_quotes_enclose_fields_with_line_feeds_and_tabs(tmp_path: Path) -> None:
    content = 'title\ttext\tgenres\n"The ""Tide"""\t"One\ntwo\tthree"\tWar\n"Żuk"\tA.\tWar\n'
    rows = rows_of(tmp_path / "films.tsv", content)
    assert [row["title"] for row in rows] == ['The "Tide"', "Żuk"]
    assert rows[0]["text"] == "One\ntwo\tthree"


def test_a_file_without_a_header_line_has_the_columns_that_are_named(tmp_path: Path) -> None:
    content = "1 ::: Tide (1931) ::: drama ::: A ferry: it sinks.\n2 ::: B ::: war ::: C.\n"
    rows = rows_of(tmp_path / "films.txt", content, ["id", "title", "genres", "text"])
    assert [row["genres"] for row in rows] == ["drama", "war"]
    assert rows[0]["text"] == "A ferry: it sinks."


def test_a_header_that_is_repeated_is_dropped_and_counted(tmp_path: Path) -> None:
    report = Report()
    content = "title,text,genres\nA,B,War\ntitle,text,genres\nC,D,War\n"
    rows = rows_of(tmp_path / "films.csv", content, report=report)
    assert [row["title"] for row in rows] == ["A", "C"]
    assert report.dropped == {"repeated header line": 1}
    with pytest.raises(UserError, match="line 3: another header"):
        rows_of(tmp_path / "films.csv", "title,text,genres\nA,B,War\ntitle,genres,text\n")


def test_a_key_may_be_missing_in_the_first_objects(tmp_path: Path) -> None:
    content = '{"title": "A"}\n\n{"title": "B", "genres": "War"}\n'
    assert len(rows_of(tmp_path / "films.jsonl", content)) == 2
    assert open_table(tmp_path / "films.jsonl").columns == ["title", "genres"]


def test_a_json_list_is_read_in_chunks(tmp_path: Path) -> None:
    text = "x" * (CHUNK_SIZE // 3)
    content = f'\n [ {", ".join([f"""{{"text": "{text}"}}"""] * 8)} ] '
    assert rows_of(tmp_path / "films.json", content) == [{"text": text}] * 8


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"text": "A."}, {"text"', "film 2 of the list"),
        ('[{"text": "A."}, 7]', "film 2: 7, expected a JSON object"),
        ('{"text":\n"A."}', "line 1: .* expected a JSON object on each line, or one list"),
        ('{"text": {"0": "A."}}\n7', "line 2: 7, expected a JSON object"),
        ("", "films.json has no rows"),
    ],
)
def test_other_json_is_reported(content: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        rows_of(tmp_path / "films.json", content)


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"PK\x03\x04\x14\x00\xc3", "an Excel workbook"),
        (b"PAR1\x15", "suffix .parquet"),
        (b"<!DOCTYPE html>\n<html>", "an HTML page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "run git lfs pull"),
        (b"title,text\nCaf\xe9,A.\n", "line 2: byte 0xe9 .* iconv"),
    ],
)
def test_a_file_that_is_not_a_table_is_named(content: bytes, cause: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=cause):
        rows_of(tmp_path / "films.csv", content)


def test_parquet_columns_of_bytes_are_texts(tmp_path: Path) -> None:
    path = tmp_path / "films.parquet"
    table = pa.table({"title": [b"\xc5\xbbuk"], "genres": [[{"id": 1, "name": "War"}]]})
    pq.write_table(table, path)
    [(location, row)] = open_table(path).rows(Report())
    assert (location, row) == ("row 1", {"title": "Żuk", "genres": [{"id": 1, "name": "War"}]})
    pq.write_table(pa.table({"title": [b"\xff"]}), path)
    with pytest.raises(UserError, match="is not readable Parquet"):
        list(open_table(path).rows(Report()))


def test_a_corrupt_archive_and_another_format_are_reported(tmp_path: Path) -> None:
    packed = gzip.compress(b"title,text,genres\n" + b"Tide,A.,War\n" * 99)[:-20]
    with pytest.raises(UserError, match=r"films.csv.gz is not readable: .*"):
        rows_of(tmp_path / "films.csv.gz", packed)
    with pytest.raises(UserError, match="is not readable Parquet"):
        rows_of(tmp_path / "films.parquet", "name,made")


def test_names_are_compared_by_their_letters_and_digits() -> None:
    assert fold("Release_Year") == fold("release year") == "releaseyear"
