"""Selects the rows of a table by parse.table.where."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from imdb_genres.corpora.base import Report
from imdb_genres.corpora.table_readers import Table
from imdb_genres.corpora.table_values import TableRow, to_names
from imdb_genres.errors import UserError, shorten

MAX_VALUES = 1000  # distinct values of a column that are counted for the message
DROPPED = "not in parse.table.where"


def select_rows(
    table: Table, name: str, where: Mapping[str, object] | None, report: Report
) -> Iterator[tuple[str, TableRow]]:
    """Yield the rows whose columns have one of the values of ``where``, ignoring case.

    A cell that holds a list has each of its values; one that holds an object is malformed.
    """
    allowed = {column: _casefold(to_names(values)) for column, values in (where or {}).items()}
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    num_kept = 0
    for location, row in table.rows(report):
        try:
            cells = {column: to_names(row.get(column)) for column in allowed}
        except ValueError as error:
            report.add_malformed(f"{name}, {location}: parse.table.where: {error}")
            continue
        if all(_casefold(cells[column]) & values for column, values in allowed.items()):
            num_kept += 1
            yield location, row
            continue
        report.dropped[DROPPED] += 1
        for column in allowed:
            if len(seen[column]) < MAX_VALUES:
                seen[column].update(cells[column])
    if report.dropped[DROPPED] and not num_kept:
        raise UserError(f"parse.table.where leaves no row of {name}; {_list_values(seen)}")


def _casefold(names: list[str]) -> set[str]:
    return set(map(str.casefold, names))


def _list_values(seen: Mapping[str, Counter[str]]) -> str:
    lists = []
    for column, values in seen.items():
        counts = [f"{value!r} ({count})" for value, count in values.most_common()]
        lists.append(f"{column} has {shorten(counts)}")
    return "; ".join(lists)
