"""Wikipedia's leads: a JSON list of films for each decade."""

import json
from pathlib import Path
from typing import Any

import pytest

from imdb_genres.corpora.base import Film, Report
from imdb_genres.corpora.wikipedia import parse
from imdb_genres.errors import UserError
from tests.support.params import params_with

TIDE = {
    "title": "Tide",
    "year": 1931,
    "cast": ["Ada Quill"],
    "genres": ["War", "Silent"],
    "href": "Tide_(1931_film)",
    "extract": "Tide is a 1931 American war film. A ferry sinks.",
    "thumbnail": "https://localhost/tide.jpg",
    "thumbnail_width": 320,
    "thumbnail_height": 240,
}
BARE = {"title": "Żuk", "year": 1932, "cast": [], "genres": []}


def write(folder: Path, **decades: Any) -> None:
    folder.mkdir(exist_ok=True)
    for decade, content in decades.items():
        text = json.dumps(content, indent=2, ensure_ascii=False)
        (folder / f"movies-{decade.strip('_')}.json").write_text(text)


def films(raw: Path, report: Report) -> list[Film]:
    return list(parse(raw, params_with().parse, report))


def test_extracts_and_genres_are_read(tmp_path: Path) -> None:
    write(tmp_path, _1930s=[TIDE, BARE])
    report = Report()
    text = "Tide is a 1931 American war film. A ferry sinks."
    assert films(tmp_path, report) == [
        Film("Tide_(1931_film)", "Tide", 1931, text, ("War",)),
        Film("Żuk (1932)", "Żuk", 1932, "", ()),
    ]
    assert report.ignored == {"Silent": 1}


def test_rows_of_one_article_are_one_film(tmp_path: Path) -> None:
    write(tmp_path, _1920s=[{**TIDE, "genres": ["Drama"]}], _1930s=[BARE, TIDE])
    report = Report()
    first, _ = films(tmp_path, report)
    assert first.genres == ("Drama", "War")
    assert report.dropped == {"repeated text": 1}


@pytest.mark.parametrize(
    "entry",
    [
        7,
        {"title": "Tide", "genres": []},
        {**TIDE, "year": "1931"},
        {**TIDE, "genres": "War"},
        {**TIDE, "genres": [1]},
        {**TIDE, "extract": ["A", "B"]},
    ],
)
def test_a_malformed_entry_is_reported_and_skipped(entry: Any, tmp_path: Path) -> None:
    write(tmp_path, _1930s=[TIDE, entry])
    with pytest.raises(UserError, match=r"movies-1930s.json, film 2: .* expected title, year"):
        films(tmp_path, Report())
    assert len(films(tmp_path, Report(max_malformed=1))) == 1


def test_half_a_surrogate_pair_is_reported(tmp_path: Path) -> None:
    entry = json.dumps([{**TIDE, "extract": "A \ud800 ferry."}])
    (tmp_path / "movies-1930s.json").write_text(entry)
    with pytest.raises(UserError, match=r"movies-1930s.json, film 1: .* surrogates not allowed"):
        films(tmp_path, Report())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[{", "movies-1930s.json is not readable JSON: .* line 1 column 3"),
        (b"", "movies-1930s.json is not readable JSON"),
        (b'["\xff"]', "movies-1930s.json is not readable JSON: .* byte 0xff"),
        (b"{}", "movies-1930s.json holds {}, expected a list of films"),
    ],
)
def test_a_file_that_is_no_list_is_reported(content: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "movies-1930s.json").write_bytes(content)
    with pytest.raises(UserError, match=sentence):
        films(tmp_path, Report())
