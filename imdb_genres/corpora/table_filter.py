"""Selects the rows of a table by parse.table.where."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from imdb_genres.corpora.base import Report
from imdb_genres.corpora.table_readers import Table
from imdb_genres.corpora.table_values import TableRow, to_name
from imdb_genres.errors import UserError, shorten

MAX_VALUES = 1000  # distinct values of a column that are counted for the message
DROPPED = "not in parse.table.where"


def select_rows(
    table: Table, name: str, where: Mapping[str, object] | None, report: Report
) -> Iterator[tuple[str, TableRow]]:
    """Yield the rows whose columns have one of the values of ``where``, ignoring case."""
    allowed = {column: _normalize_all(values) for column, values in (where or {}).items()}
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    num_kept = 0
    for location, row in table.rows(report):
        if all(_normalize(row.get(column)) in values for column, values in allowed.items()):
            num_kept += 1
            yield location, row
            continue
        report.dropped[DROPPED] += 1
        for column in allowed:
            if len(seen[column]) < MAX_VALUES:
                seen[column][to_name(row.get(column))] += 1
    if report.dropped[DROPPED] and not num_kept:
        raise UserError(f"parse.table.where leaves no row of {name}; {_list_values(seen)}")


def _normalize_all(values: object) -> set[str]:
    return set(map(_normalize, values if isinstance(values, list) else [values]))


def _normalize(value: object) -> str:
    return to_name(value).casefold()


def _list_values(seen: Mapping[str, Counter[str]]) -> str:
    lists = []
    for column, values in seen.items():
        counts = [f"{value!r} ({count})" for value, count in values.most_common()]
        lists.append(f"{column} has {shorten(counts)}")
    return "; ".join(lists)
