"""Your own table of films: .csv or .tsv with a header line, .jsonl or .parquet."""

import ast
from collections.abc import Iterator
from pathlib import Path
from reprlib import repr as brief
from typing import Any

from imdb_genres.corpora.base import Film, Report, by_film, check_characters
from imdb_genres.corpora.table_readers import Row, read_rows
from imdb_genres.hashing import short_hash
from imdb_genres.params.data import Parse, TableParse


def parse(folder: Path, params: Parse, report: Report) -> Iterator[Film]:
    """Yield the films of the table; rows with one key are descriptions of one film.

    Such a film has the genres of all its rows, so a table with a row for each genre serves too.
    """
    (path,) = folder.iterdir()
    yield from by_film(_films(path, params.table, report), report)


def _films(path: Path, names: TableParse, report: Report) -> Iterator[Film]:
    for place, row in read_rows(path, columns(names), report):
        try:
            yield read_film(row, names)
        except ValueError as error:
            report.add_malformed(f"{path.name}, {place}: {error}")


def columns(names: TableParse) -> dict[str, str]:
    """Return the columns that the table must have, each with the parameter that names it."""
    keys = ("film", "title", "year", "text", "genres")
    return {getattr(names, key): f"parse.table.{key}" for key in keys if getattr(names, key)}


def read_film(row: Row, names: TableParse) -> Film:
    """Return the film of a row; raise ValueError for a value that cannot be what its column says."""
    title = str(row[names.title] or "") if names.title else ""
    year = _year(row.get(names.year)) if names.year else None
    text = row.get(names.text) or ""
    if not isinstance(text, str):
        raise ValueError(f"{names.text} is {brief(text)}, expected a text")
    if names.film:
        key = str(row.get(names.film) or "")
    elif title:
        key = title if year is None else f"{title} ({year})"
    else:
        key = short_hash(text)
    if not key:
        raise ValueError(f"{names.film} is empty, expected a film's key")
    genres = _genres(row.get(names.genres), names)
    check_characters(key, title, text, *genres)
    return Film(key, title, year, text, genres)


def _year(value: Any) -> int | None:
    if value is None or value == "" or value != value:  # NaN, as Parquet has for a missing number
        return None
    try:
        year = int(float(value))
    except (TypeError, ValueError, OverflowError):
        year = 0
    if not 1000 <= year <= 3000:
        raise ValueError(f"the year is {brief(value)}, expected one such as 1999, or nothing")
    return year


def _genres(value: Any, names: TableParse) -> tuple[str, ...]:
    if isinstance(value, str) and value.startswith("["):
        value = _literal(value)
    values = value.split(names.separator) if isinstance(value, str) else value or []
    if not isinstance(values, list) or not all(isinstance(genre, str) for genre in values):
        raise ValueError(f"{names.genres} is {brief(value)}, expected names of genres")
    return tuple(dict.fromkeys(genre.strip() for genre in values if genre.strip()))


def _literal(value: str) -> Any:
    try:
        return ast.literal_eval(value)
    except (SyntaxError, MemoryError, RecursionError):
        raise ValueError(f"{brief(value)} starts like a list, but is none") from None
