"""Opens tables: delimited, JSON and Parquet files, read row by row."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from imdb_genres.corpora.base import Report
from imdb_genres.corpora.json_table import JsonTable
from imdb_genres.corpora.table_dialects import Dialect, detect_dialect
from imdb_genres.corpora.table_files import empty_table, open_text, split_suffixes
from imdb_genres.corpora.table_values import TableRow
from imdb_genres.errors import UserError

MAX_FIELD_SIZE = 20_000_000  # characters; a longer field is an unclosed quote
PARQUET_BATCH_SIZE = 1000


class Table(Protocol):
    """A file of rows; ``columns`` lists a repeated name as often as the file does."""

    @property
    def columns(self) -> list[str]:
        """The names in order."""

    def rows(self, report: Report) -> Iterator[tuple[str, TableRow]]:
        """Yield each row with its location, such as "line 7"; malformed ones go to the report."""


def open_table(
    path: Path, header: Sequence[str] | None = None, expected: frozenset[str] = frozenset()
) -> Table:
    """Open a table by its suffix; raise UserError if it cannot be read or is empty.

    ``header`` names the columns of a delimited file without a header line. ``expected`` holds usual
    names, folded by ``fold``: the delimiter is the one that yields most of them.
    """
    suffix, _ = split_suffixes(path)
    if suffix == ".parquet":
        return ParquetTable(path)
    if suffix in (".json", ".jsonl", ".ndjson"):
        return JsonTable(path)
    return open_delimited(path, header, expected)


def fold(name: str) -> str:
    """Return the letters and digits of a column's name in lower case."""
    return "".join(filter(str.isalnum, name.casefold()))


def open_delimited(
    path: Path, header: Sequence[str] | None, expected: frozenset[str]
) -> "DelimitedTable":
    """Open a .csv, .tsv or .txt file in the dialect that its first lines show."""

    def count_expected(row: list[str]) -> int:
        if header:
            return len(row) == len(header)
        return len({fold(name) for name in row} & expected)

    csv.field_size_limit(MAX_FIELD_SIZE)
    dialect = detect_dialect(path, count_expected)
    if header:
        return DelimitedTable(path, dialect, list(header), first_line=0)
    for line, row in _delimited_rows(path, dialect):
        return DelimitedTable(path, dialect, [name.strip() for name in row], first_line=line)
    raise empty_table(path)


@dataclass(frozen=True)
class DelimitedTable:
    """A .csv, .tsv or .txt file; rows follow ``first_line``."""

    path: Path
    dialect: Dialect
    columns: list[str]
    first_line: int

    def rows(self, report: Report) -> Iterator[tuple[str, TableRow]]:
        """Yield the rows; a repeated header line, as in concatenated files, is dropped."""
        names, width = sorted(self.columns), len(self.columns)
        for line, row in _delimited_rows(self.path, self.dialect):
            if line <= self.first_line:
                continue
            if len(row) > width and not any(row[width:]):
                row = row[:width]  # a delimiter at the end of every row
            if len(row) != width:
                report.add_malformed(
                    f"{self.path.name}, line {line}: {len(row)} fields, expected {width}"
                )
                continue
            if row[0].strip() in self.columns and sorted(map(str.strip, row)) == names:
                self._drop_header(line, row, report)
            else:
                yield f"line {line}", dict(zip(self.columns, row, strict=True))

    def _drop_header(self, line: int, row: list[str], report: Report) -> None:
        if list(map(str.strip, row)) != self.columns:
            raise UserError(
                f"{self.path.name}, line {line}: another header, with the columns in another "
                "order; join files whose columns are in the same order"
            )
        report.dropped["repeated header line"] += 1


def _delimited_rows(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    with open_text(path) as file:
        try:
            yield from dialect.rows(file)
        except csv.Error as error:
            raise UserError(
                f"{path.name}, {error}; is a quote left open, not doubled, or escaped by a backslash?"
            ) from None


class ParquetTable:
    """A .parquet file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _open_parquet(path) as file:
            self.columns: list[str] = file.schema_arrow.names
            self.schema = pa.schema(map(_as_text, file.schema_arrow))

    def rows(self, report: Report) -> Iterator[tuple[str, TableRow]]:
        """Yield the rows, numbered from 1."""
        with _open_parquet(self.path) as file:
            batches = file.iter_batches(PARQUET_BATCH_SIZE)
            rows = chain.from_iterable(
                pa.Table.from_batches([batch]).cast(self.schema).to_pylist() for batch in batches
            )
            for number, row in enumerate(rows, start=1):
                yield f"row {number}", row


def _as_text(field: pa.Field) -> pa.Field:
    """Return ``field`` as a string if it holds bytes, as some writers store text."""
    is_binary = pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type)
    return field.with_type(pa.string()) if is_binary else field


@contextmanager
def _open_parquet(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        with pq.ParquetFile(path) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"{path.name} is not readable Parquet: {error}") from None
