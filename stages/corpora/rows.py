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

from stages.corpora import Report
from stages.errors import StageError, did_you_mean

DIALECTS = {".csv": csv.excel, ".tsv": csv.excel_tab}
LONGEST_FIELD = 10_000_000  # characters; a longer one is an unclosed quote

Row = Mapping[str, Any]


def read_rows(path: Path, wanted: dict[str, str], report: Report) -> Iterator[tuple[str, Row]]:
    """Yield each row of the table and its place.

    ``wanted`` holds column names by parameter; raise StageError where the table lacks one.
    """
    readers = {".jsonl": _json_rows, ".parquet": _parquet_rows}
    rows = readers.get(path.suffix.lower(), _delimited_rows)(path, report)
    first = next(rows, None)
    if first is None:
        raise StageError(f"{path.name} is empty: a table needs column names and rows")
    _check_columns(path, wanted, list(first[1]))
    yield from chain([first], rows)


def _check_columns(path: Path, wanted: dict[str, str], found: list[str]) -> None:
    for key, column in wanted.items():
        if column not in found:
            raise StageError(
                f"{path.name} has no column {column!r} (parse.table.{key})"
                f"{did_you_mean(column, found)}; it has: {', '.join(found)}"
            )


def _delimited_rows(path: Path, report: Report) -> Iterator[tuple[str, Row]]:
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(_lines(path), DIALECTS[path.suffix.lower()], strict=True)
    try:
        header = next(reader, [])
        for row in filter(None, reader):
            if len(row) == len(header):
                yield f"line {reader.line_num}", dict(zip(header, row, strict=True))
            else:
                place = f"{path.name}, line {reader.line_num}"
                report.damage(f"{place}: {len(row)} fields, expected {len(header)}")
    except csv.Error as error:
        raise StageError(
            f"{path.name}, line {reader.line_num}: {error}; is a quote left open or not doubled?"
        ) from None


def _json_rows(path: Path, report: Report) -> Iterator[tuple[str, Row]]:
    for number, line in enumerate(_lines(path), start=1):
        try:
            row = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            row = line.strip()
        if isinstance(row, dict):
            yield f"line {number}", row
        elif row is not None:
            report.damage(f"{path.name}, line {number}: {brief(line)}, expected a JSON object")


def _parquet_rows(path: Path, report: Report) -> Iterator[tuple[str, Row]]:
    try:
        with pq.ParquetFile(path) as file:
            rows = chain.from_iterable(batch.to_pylist() for batch in file.iter_batches())
            for number, row in enumerate(rows, start=1):
                yield f"row {number}", row
    except (pa.ArrowException, OSError) as error:
        raise StageError(f"{path.name} is not readable Parquet: {error}") from None


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise StageError(
                    f"{path.name}, line {number}: byte {line[error.start]:#04x} in place "
                    f"{error.start + 1} is not UTF-8; save the table as UTF-8"
                ) from None
