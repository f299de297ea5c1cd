"""The CMU corpus: two tables, joined by the Wikipedia id."""

from pathlib import Path

import pytest

from imdb_genres.corpora.base import Film, Report
from imdb_genres.corpora.cmu import parse
from imdb_genres.errors import UserError
from tests.support.params import params_with

PLOTS = "31\tA ferry sinks. Nobody swims.\n7\tŻuk wins.\n8\tNo metadata.\n"
METADATA = (
    '7\t/m/07\tŻuk\t1010-12-02\t\t\t{}\t{}\t{"/m/01": "Romantic comedy", "/m/02": "Short Film"}\n'
    '31\t/m/31\tTide\t1931-05\t14010832\t98.0\t{"/m/02h40lc": "English Language"}\t{}\t{"/m/03": "War film"}\n'
    "99\t/m/99\tUnseen\t\t\t\t{}\t{}\t{}\n"
)


CONTENTS = {"plot_summaries.txt": PLOTS, "movie.metadata.tsv": METADATA}


def write(raw: Path, contents: dict[str, str]) -> None:
    for name, content in contents.items():
        (raw / name).write_text(content)


def films(raw: Path, report: Report) -> list[Film]:
    return list(parse(raw, params_with().parse, report))


def test_plots_and_metadata_are_joined(tmp_path: Path) -> None:
    write(tmp_path, CONTENTS)
    report = Report()
    assert films(tmp_path, report) == [
        Film("31", "Tide", 1931, "A ferry sinks. Nobody swims.", ("War",)),
        Film("7", "Żuk", None, "Żuk wins.", ("Romance", "Comedy")),
    ]
    assert report.dropped == {"no metadata": 1}
    assert report.ignored == {"Short Film": 1}


@pytest.mark.parametrize(
    ("name", "line", "sentence"),
    [
        ("plot_summaries.txt", "x\tText.\n", "plot_summaries.txt, line 4: .* expected 2 columns"),
        ("plot_summaries.txt", "55 Text.\n", "plot_summaries.txt, line 4: .* expected 2 columns"),
        ("movie.metadata.tsv", "8\tTide\n", "movie.metadata.tsv, line 4: .* expected 9 columns"),
        ("movie.metadata.tsv", "8\t\tA\t\t\t\t\t\t[]\n", "movie.metadata.tsv, film 8: genres"),
        ("movie.metadata.tsv", '8\t\tA\t\t\t\t\t\t{"a": 1}\n', "film 8: genres"),
        ("movie.metadata.tsv", '8\t\tA\t\t\t\t\t\t{"a": "\\ud800"}\n', "film 8: .* surrogates"),
        ("movie.metadata.tsv", "8\t\tA\t\t\t\t\t\t{War\n", "film 8: genres '{War', expected"),
    ],
)
def test_malformed_lines_are_reported_and_skipped(
    name: str, line: str, sentence: str, tmp_path: Path
) -> None:
    write(tmp_path, {**CONTENTS, name: CONTENTS[name] + line})
    with pytest.raises(UserError, match=sentence):
        films(tmp_path, Report())
    report = Report(max_malformed=1)
    assert len(films(tmp_path, report)) == 2
    assert len(report.malformed) == 1
