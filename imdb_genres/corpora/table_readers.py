"""Rows of a table in a .csv, .tsv, .jsonl or .parquet file, read one at a time."""

import csv
import json
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from reprlib import repr as brief
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from imdb_genres.corpora.base import Report
from imdb_genres.errors import UserError, did_you_mean

DIALECTS = {".csv": csv.excel, ".tsv": csv.excel_tab}
LONGEST_FIELD = 10_000_000  # characters; a longer one is an unclosed quote

Row = Mapping[str, Any]


def read_rows(path: Path, wanted: Mapping[str, str], report: Report) -> Iterator[tuple[str, Row]]:
    """Yield each row of the table and its place.

    ``wanted`` holds the parameter that asks for each column; raise UserError if one is missing.
    """
    readers = {".jsonl": _json_rows, ".parquet": _parquet_rows}
    rows = readers.get(path.suffix.lower(), _delimited_rows)(path, report)
    first = next(rows, None)
    if first is None:
        raise UserError(f"{path.name} is empty: a table needs column names and rows")
    found = list(first[1])
    for column, parameter in wanted.items():
        if column not in found:
            raise UserError(
                f"{path.name} has no column {column!r} ({parameter}){did_you_mean(column, found)}; "
                f"it has: {', '.join(found)}"
            )
    yield from chain([first], rows)


def _delimited_rows(path: Path, report: Report) -> Iterator[tuple[str, Row]]:
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(read_lines(path), DIALECTS[path.suffix.lower()], strict=True)
    try:
        header = next(reader, [])
        for row in filter(None, reader):
            if len(row) == len(header):
                yield f"line {reader.line_num}", dict(zip(header, row, strict=True))
            else:
                place = f"{path.name}, line {reader.line_num}"
                report.add_malformed(f"{place}: {len(row)} fields, expected {len(header)}")
    except csv.Error as error:
        raise UserError(
            f"{path.name}, line {reader.line_num}: {error}; is a quote left open or not doubled?"
        ) from None


def _json_rows(path: Path, report: Report) -> Iterator[tuple[str, Row]]:
    for number, line in enumerate(read_lines(path), start=1):
        try:
            row = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            row = line.strip()
        if isinstance(row, dict):
            yield f"line {number}", row
        elif row is not None:
            report.add_malformed(
                f"{path.name}, line {number}: {brief(line)}, expected a JSON object"
            )


def _parquet_rows(path: Path, report: Report) -> Iterator[tuple[str, Row]]:
    try:
        with pq.ParquetFile(path) as file:
            rows = chain.from_iterable(batch.to_pylist() for batch in file.iter_batches())
            for number, row in enumerate(rows, start=1):
                yield f"row {number}", row
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"{path.name} is not readable Parquet: {error}") from None


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 file; raise UserError with the line of a byte that is none."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise UserError(
                    f"{path.name}, line {number}: byte {line[error.start]:#04x} in place "
                    f"{error.start + 1} is not UTF-8; save the file as UTF-8"
                ) from None
