"""A table of texts and the same rows with predictions: CSV, TSV, JSON Lines or Parquet."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import chain, islice, tee
from pathlib import Path
from typing import Any, Never, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from imdb_genres.corpora.base import Report
from imdb_genres.corpora.table_columns import ALIASES
from imdb_genres.corpora.table_readers import Table, fold, open_table
from imdb_genres.errors import UserError, did_you_mean, shorten
from imdb_genres.inference.predictions import DisplayOptions, Prediction, predict_texts
from imdb_genres.inference.predictor import Predictor
from imdb_genres.io.atomic import atomic_replace

OUTPUT_SUFFIXES = (".csv", ".tsv", ".jsonl", ".parquet")
ROWS_PER_GROUP = 4096

Row = Mapping[str, Any]


class _NoMalformedRows(Report):
    """Refuses the first malformed row: a table with predictions has every row of its source."""

    def add_malformed(self, record: str) -> Never:
        raise UserError(record)


def predict_table(
    predictor: Predictor, path: Path, column: str | None, options: DisplayOptions
) -> Iterator[Row]:
    """Yield the rows of the table at ``path`` with the predictions for the texts in ``column``.

    Without ``column`` it is the one with a usual name, such as text or plot. The new columns are
    predicted_genre, predicted_genres, cannot_tell, and one per genre.
    """
    try:
        path.open("rb").close()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    table = open_table(path, expected=frozenset(ALIASES["text"]))
    column = find_text_column(path.name, table, column)
    rows, copies = tee(row for _, row in table.rows(_NoMalformedRows()))
    texts = (_text(row.get(column)) for row in copies)
    predictions = predict_texts(predictor, texts, options)
    for row, prediction in zip(rows, predictions, strict=True):
        added = new_columns(prediction, predictor.genres)
        if clash := row.keys() & added.keys():
            raise UserError(
                f"{path.name} has a column {min(clash)!r} already: rename it, or give the original table"
            )
        yield {**row, **added}


def find_text_column(name: str, table: Table, column: str | None) -> str:
    """Return the column with the texts; raise UserError if it is missing or not the only one."""
    repeated = [each for each in table.columns if table.columns.count(each) > 1]
    if repeated:
        raise UserError(f"{name} has several columns named {repeated[0]!r}: rename all but one")
    if column in table.columns:
        return str(column)
    has = f"it has: {shorten(table.columns)}"
    if column is not None:
        hint = did_you_mean(column, table.columns)
        raise UserError(f"{name} has no column {column!r} (--column){hint}; {has}")
    usual = [each for alias in ALIASES["text"] for each in table.columns if fold(each) == alias]
    if not usual:
        raise UserError(f"{name} has no column with a usual name for texts: give --column; {has}")
    return usual[0]


def _text(value: Any) -> str:
    """Return a cell's text; an empty cell is an empty text, for which no model can tell."""
    return value if isinstance(value, str) else ""


def new_columns(prediction: Prediction, genres: list[str]) -> dict[str, Any]:
    """Return the columns that a prediction adds to a row."""
    return {
        "predicted_genre": prediction.genre,
        "predicted_genres": prediction.genres,
        "cannot_tell": prediction.refusal,
        **{f"probability_{genre}": prediction.probabilities.get(genre) for genre in genres},
    }


def write_table(rows: Iterable[Row], path: Path, source: Path) -> None:
    """Write rows of the table ``source`` in the format of the suffix of ``path``; whole or not at all."""
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
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from None


def print_table(rows: Iterable[Row], suffix: str, file: TextIO) -> None:
    """Write rows as CSV, TSV or JSON Lines, as ``suffix`` says."""
    if suffix == ".jsonl":
        for row in rows:
            print(json.dumps(row, ensure_ascii=False, default=str), file=file)
        return
    iterator = iter(rows)
    first = next(iterator, {})
    writer = csv.DictWriter(
        file, list(first), delimiter="\t" if suffix == ".tsv" else ",", lineterminator="\n"
    )
    writer.writeheader()
    for row in chain([first], iterator):
        try:
            writer.writerow({name: _cell(value) for name, value in row.items()})
        except ValueError as error:  # a key that the first object lacks
            raise UserError(f"{error}: write JSON Lines instead (--output NAME.jsonl)") from None


def _cell(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "|".join(value)
    return (
        json.dumps(value, ensure_ascii=False, default=str)
        if isinstance(value, list | dict)
        else value
    )


def _write_parquet(rows: Iterable[Row], path: Path, source: Path) -> None:
    iterator = iter(rows)
    writer: pq.ParquetWriter | None = None
    with ExitStack() as stack:
        while group := list(islice(iterator, ROWS_PER_GROUP)):
            try:
                schema = writer.schema if writer else _schema(group, source)
                table = pa.Table.from_pylist(group, schema)
            except pa.ArrowException as error:
                raise UserError(f"the rows do not fit one Parquet table: {error}") from None
            writer = writer or stack.enter_context(pq.ParquetWriter(path, schema))
            writer.write_table(table)


def _schema(rows: list[Row], source: Path) -> pa.Schema:
    """Return the types of the source's columns, of the new ones, and of others as the rows say."""
    types = {"predicted_genre": pa.string(), "predicted_genres": pa.list_(pa.string())}
    if source.suffix.lower() == ".parquet":
        types |= {field.name: field.type for field in pq.read_schema(source)}
    inferred = pa.Table.from_pylist(rows).schema
    return pa.schema([(field.name, types.get(field.name, _nullable(field))) for field in inferred])


def _nullable(field: pa.Field) -> pa.DataType:
    """Return a column's type; of one that is empty so far, what later rows may need."""
    if not pa.types.is_null(field.type):
        return field.type
    return pa.float64() if field.name.startswith("probability_") else pa.string()
