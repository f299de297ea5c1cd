"""Writes rows with predictions: CSV, TSV, JSON Lines or Parquet."""

import csv
import json
from collections.abc import Iterable
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from imdb_genres.corpora.table_values import TableRow
from imdb_genres.errors import UserError
from imdb_genres.io.atomic import atomic_replace

OUTPUT_SUFFIXES = (".csv", ".tsv", ".jsonl", ".parquet")
ROWS_PER_GROUP = 4096
JSON_LINES = "write JSON Lines instead (--output NAME.jsonl)"


def write_table(rows: Iterable[TableRow], path: Path, source: Path) -> None:
    """Write rows of the table ``source`` atomically to ``path``, in the format of its suffix."""
    suffix = path.suffix.lower()
    if suffix not in OUTPUT_SUFFIXES:
        raise UserError(f"--output {path.name}: expected a name with {', '.join(OUTPUT_SUFFIXES)}")
    try:
        with atomic_replace(path) as temporary:
            if suffix == ".parquet":
                _write_parquet(rows, temporary, source)
            else:
                with temporary.open("w", encoding="utf-8", newline="") as file:
                    print_table(rows, suffix, file)
    except UnicodeEncodeError as error:
        raise UserError(
            f"{source.name} contains half of a surrogate pair, which cannot be written ({error}): "
            "remove it"
        ) from None
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from None


def print_table(rows: Iterable[TableRow], suffix: str, file: TextIO) -> None:
    """Write rows as CSV, TSV or JSON Lines, by ``suffix``."""
    if suffix == ".jsonl":
        for row in rows:
            print(json.dumps(row, ensure_ascii=False, default=str), file=file)
        return
    iterator = iter(rows)
    first = next(iterator, {})
    delimiter = "\t" if suffix == ".tsv" else ","
    writer = csv.DictWriter(file, list(first), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    for row in chain([first], iterator):
        try:
            writer.writerow({name: _cell(value) for name, value in row.items()})
        except UnicodeEncodeError:
            raise
        except ValueError as error:  # a key that the first object lacks
            raise UserError(f"{error}: {JSON_LINES}") from None


def _cell(value: object) -> object:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "|".join(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value


def _write_parquet(rows: Iterable[TableRow], path: Path, source: Path) -> None:
    iterator = iter(rows)
    writer: pq.ParquetWriter | None = None
    with ExitStack() as stack:
        while group := list(islice(iterator, ROWS_PER_GROUP)):
            try:
                schema = writer.schema if writer else _schema(group, source)
                table = pa.Table.from_pylist(group, schema)
            except pa.ArrowException as error:
                raise UserError(f"the rows do not fit one Parquet table: {error}") from None
            if late := set().union(*group) - {*schema.names}:
                raise UserError(
                    f"the first {ROWS_PER_GROUP} rows lack the key {min(late)!r}: {JSON_LINES}"
                )
            writer = writer or stack.enter_context(pq.ParquetWriter(path, schema))
            writer.write_table(table)


def _schema(rows: list[TableRow], source: Path) -> pa.Schema:
    """Return the columns' types: the source's, those of new columns, and inferred ones."""
    types = {"predicted_genre": pa.string(), "predicted_genres": pa.list_(pa.string())}
    if source.suffix.lower() == ".parquet":
        types |= {field.name: field.type for field in pq.read_schema(source)}
    names = dict.fromkeys(chain.from_iterable(rows))  # JSON objects may differ in their keys
    inferred = pa.table({name: [row.get(name) for row in rows] for name in names}).schema
    return pa.schema([(field.name, types.get(field.name, _nullable(field))) for field in inferred])


def _nullable(field: pa.Field) -> pa.DataType:
    """Return a column's type; for an empty column, one that fits later rows."""
    if not pa.types.is_null(field.type):
        return field.type
    return pa.float64() if field.name.startswith("probability_") else pa.string()
