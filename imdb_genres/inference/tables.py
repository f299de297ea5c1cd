"""Adds predictions to the rows of a table."""

from collections.abc import Iterator
from itertools import chain, tee
from pathlib import Path
from typing import Never

from imdb_genres.corpora.base import Report
from imdb_genres.corpora.table_columns import ALIASES
from imdb_genres.corpora.table_files import empty_table
from imdb_genres.corpora.table_readers import Table, fold, open_table
from imdb_genres.corpora.table_values import TableRow
from imdb_genres.errors import UserError, did_you_mean, shorten
from imdb_genres.inference.predictions import DisplayOptions, Prediction, predict_texts
from imdb_genres.inference.predictor import Predictor


class _NoMalformedRows(Report):
    """Raises on the first malformed row: a table with predictions has every row of its source."""

    def add_malformed(self, record: str) -> Never:
        raise UserError(record)


def predict_table(
    predictor: Predictor, path: Path, column: str | None, options: DisplayOptions
) -> Iterator[TableRow]:
    """Yield the rows of the table at ``path`` with the predictions for the texts in ``column``.

    ``column`` defaults to one with a usual name, such as text or plot. The new columns are
    predicted_genre, predicted_genres, cannot_tell, and one per genre.
    """
    try:
        path.open("rb").close()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    table = open_table(path, expected=frozenset(ALIASES["text"]))
    column = find_text_column(path.name, table, column)
    source = (row for _, row in table.rows(_NoMalformedRows()))
    if (first := next(source, None)) is None:
        raise empty_table(path)
    rows, copies = tee(chain([first], source))
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
    """Return the column with the texts; raise UserError if there is none, or names repeat."""
    repeated = [known for known in table.columns if table.columns.count(known) > 1]
    if repeated:
        raise UserError(f"{name} has several columns named {repeated[0]!r}: rename all but one")
    if column in table.columns:
        return str(column)
    has = f"it has: {shorten(table.columns)}"
    if column is not None:
        hint = did_you_mean(column, table.columns)
        raise UserError(f"{name} has no column {column!r} (--column){hint}; {has}")
    usual = [known for alias in ALIASES["text"] for known in table.columns if fold(known) == alias]
    if not usual:
        raise UserError(f"{name} has no column with a usual name for texts: give --column; {has}")
    return usual[0]


def _text(value: object) -> str:
    """Return a cell's text, "" for a cell without one; a number is a text without letters."""
    if isinstance(value, int | float) and value == value:  # NaN is a missing value
        return str(value)
    return value if isinstance(value, str) else ""


def new_columns(prediction: Prediction, genres: list[str]) -> dict[str, object]:
    """Return the columns that a prediction adds to a row."""
    return {
        "predicted_genre": prediction.genre,
        "predicted_genres": prediction.genres,
        "cannot_tell": prediction.refusal,
        **{f"probability_{genre}": prediction.probabilities.get(genre) for genre in genres},
    }
