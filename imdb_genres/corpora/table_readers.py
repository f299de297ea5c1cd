"""Tables in delimited, JSON and Parquet files: their columns, and their rows one at a time."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from reprlib import repr as brief
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from imdb_genres.corpora.base import Report
from imdb_genres.corpora.json_rows import read_json
from imdb_genres.corpora.table_dialects import Dialect, detect_dialect
from imdb_genres.corpora.table_files import open_text, split_suffixes
from imdb_genres.errors import UserError

MAX_FIELD_SIZE = 20_000_000  # characters; a longer field is an unclosed quote
SAMPLE_ROWS = 1000  # objects of a JSON file in which every column must occur
PARQUET_BATCH_SIZE = 1000

TableRow = Mapping[str, Any]


class Table(Protocol):
    """A file of rows; ``columns`` holds repeated names as often as the file does."""

    @property
    def columns(self) -> list[str]:
        """The names in their order."""

    def rows(self, report: Report) -> Iterator[tuple[str, TableRow]]:
        """Yield each row with its location, such as "line 7"; malformed ones go to the report."""


def open_table(
    path: Path, header: Sequence[str] | None = None, expected: frozenset[str] = frozenset()
) -> Table:
    """Open a table by its suffix; raise UserError if it cannot be read or has no rows.

    ``header`` names the columns of a delimited file without a header line; ``expected`` are
    names, folded by ``fold``, by which the right delimiter is known.
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

    def is_expected(row: list[str]) -> int:
        return len(row) == len(header) if header else len({fold(name) for name in row} & expected)

    csv.field_size_limit(MAX_FIELD_SIZE)
    dialect = detect_dialect(path, is_expected)
    if header:
        return DelimitedTable(path, dialect, list(header), first_line=0)
    for line, row in _delimited_rows(path, dialect):
        return DelimitedTable(path, dialect, [name.strip() for name in row], first_line=line)
    raise empty_table(path)


def empty_table(path: Path) -> UserError:
    """Return the error for a table without rows."""
    return UserError(f"{path.name} is empty: a table needs column names and rows")


@dataclass(frozen=True)
class DelimitedTable:
    """A .csv, .tsv or .txt file; rows follow ``first_line``."""

    path: Path
    dialect: Dialect
    columns: list[str]
    first_line: int

    def rows(self, report: Report) -> Iterator[tuple[str, TableRow]]:
        """Yield the rows; a header line that is repeated, as in joined files, is dropped."""
        names = sorted(self.columns)
        for line, row in _delimited_rows(self.path, self.dialect):
            if line <= self.first_line:
                continue
            if len(row) > len(self.columns) and not any(row[len(self.columns) :]):
                row = row[: len(self.columns)]  # a delimiter at the end of every row
            if len(row) != len(self.columns):
                report.add_malformed(
                    f"{self.path.name}, line {line}: {len(row)} fields, expected "
                    f"{len(self.columns)}"
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


class JsonTable:
    """A .jsonl file with an object on each line, or a JSON list of objects."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with open_text(path) as file:
            sample = list(islice(read_json(file, path.name), SAMPLE_ROWS))
        if not sample:
            raise empty_table(path)
        objects = [value for _, value in sample if isinstance(value, dict)]
        if not objects:
            location, value = sample[0]
            raise UserError(
                f"{path.name}, {location}: {_describe(value)} on each line, or one list of objects"
            )
        self.columns = list(dict.fromkeys(chain.from_iterable(objects)))

    def rows(self, report: Report) -> Iterator[tuple[str, TableRow]]:
        """Yield the objects; a key that one lacks is missing in its row."""
        with open_text(self.path) as file:
            for location, value in read_json(file, self.path.name):
                if isinstance(value, dict):
                    yield location, value
                else:
                    report.add_malformed(f"{self.path.name}, {location}: {_describe(value)}")


def _describe(value: object) -> str:
    found = value if isinstance(value, ValueError) else brief(value)
    return f"{found}, expected a JSON object"


class ParquetTable:
    """A .parquet file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _readable_parquet(path) as file:
            self.columns: list[str] = file.schema_arrow.names
            self.schema = pa.schema(map(_as_text, file.schema_arrow))

    def rows(self, report: Report) -> Iterator[tuple[str, TableRow]]:
        """Yield the rows, numbered from 1."""
        with _readable_parquet(self.path) as file:
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
def _readable_parquet(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        with pq.ParquetFile(path) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"{path.name} is not readable Parquet: {error}") from None
