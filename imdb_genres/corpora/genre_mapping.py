"""Maps a corpus's own categories to IMDb's genres, by the tables in this folder; edit them freely.

A table has one line per category: its name, a tab, and its genres with ", " between them, or "-" for
a category that is not a genre: a style, country, subject or format.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from imdb_genres.corpora.base import Report
from imdb_genres.errors import UserError

FOLDER = Path(__file__).parent
TABLES = [FOLDER / "freebase_genres.tsv", FOLDER / "wikipedia_genres.tsv"]


def canonical_genres(categories: Iterable[str], table: str, report: Report) -> tuple[str, ...]:
    """Return the genres of ``categories``, in order and without repetition.

    Counts categories without a genre in ``report.ignored``, those that are not in the table in
    ``report.unmapped``.
    """
    mapping = read_table(FOLDER / table)
    genres: dict[str, None] = {}
    for category in categories:
        if category not in mapping:
            report.unmapped[category] += 1
        elif not mapping[category]:
            report.ignored[category] += 1
        genres.update(dict.fromkeys(mapping.get(category, ())))
    return tuple(genres)


@cache
def read_table(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the genres of each category; raise UserError for a malformed line."""
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    table: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(lines[1:], start=2):
        category, _, genres = line.partition("\t")
        names = tuple(genres.split(", "))
        if category in table or not all(names) or any(name != name.strip() for name in names):
            raise UserError(
                f"{path.name}, line {number}: {line!r}, expected a category that is not yet in the "
                'table, a tab, and genres with ", " between them, or "-"'
            )
        table[category] = () if genres == "-" else names
    return table
