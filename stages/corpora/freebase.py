"""Freebase's film categories as IMDb's genres, by the table beside this file, yours to edit."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from stages.corpora import Report
from stages.errors import StageError

TABLE = Path(__file__).with_name("freebase_genres.tsv")


def canonical_genres(categories: Iterable[str], report: Report) -> tuple[str, ...]:
    """Return the genres that ``categories`` stand for, in their order, each once.

    A category that is not in the table is counted in ``report.unmapped``.
    """
    table = _table()
    genres: dict[str, None] = {}
    for category in categories:
        if category not in table:
            report.unmapped[category] += 1
        genres.update(dict.fromkeys(table.get(category, ())))
    return tuple(genres)


@cache
def _table() -> dict[str, tuple[str, ...]]:
    _, *lines = TABLE.read_text(encoding="utf-8").rstrip("\n").split("\n")
    table = {}
    for number, line in enumerate(lines, start=2):
        category, tab, genres = line.partition("\t")
        if not tab or category in table:
            raise StageError(
                f"{TABLE.name}, line {number}: expected a new category, a tab and genres"
            )
        table[category] = () if genres == "-" else tuple(genres.split(", "))
    return table
