"""Your own table of films: .csv, .tsv, .txt, .json, .jsonl or .parquet.

``table_readers`` detects the format and yields rows, ``table_columns`` finds the columns; here each
row becomes a film, with typed values (``table_values``) and genres (``genre_lists``).
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from imdb_genres.corpora.base import Film, Report, check_characters, group_by_film
from imdb_genres.corpora.genre_lists import guess_separator, split_genres
from imdb_genres.corpora.genre_names import GenreSpellings, is_placeholder
from imdb_genres.corpora.table_columns import Columns, expected_names, find_columns
from imdb_genres.corpora.table_files import empty_table
from imdb_genres.corpora.table_filter import select_rows
from imdb_genres.corpora.table_notices import genre_notices, is_unspaced, key_notices, text_notices
from imdb_genres.corpora.table_readers import open_table
from imdb_genres.corpora.table_values import TableRow, to_name, to_text, to_year
from imdb_genres.hashing import short_hash
from imdb_genres.params.data import AUTO, Parse

SAMPLE_ROWS = 10_000  # from which the separator is guessed
INDICATORS = {"1": True, "true": True, "0": False, "false": False}


def parse(folder: Path, params: Parse, report: Report) -> Iterator[Film]:
    """Yield the films of the table; rows with one key are descriptions of one film.

    Such a film has the genres of all its rows, so a table with a row for each genre works too.
    """
    (path,) = folder.iterdir()
    options = params.table
    table = open_table(path, options.columns, expected_names(options))
    columns = find_columns(path.name, table.columns, options)
    separator = options.separator
    if separator == AUTO:
        sample = islice(table.rows(Report(report.max_malformed)), SAMPLE_ROWS)
        separator = guess_separator(row.get(name) for _, row in sample for name in columns.genres)
    report.notices.append(f"{columns}, separated by {separator!r}")
    reader = FilmReader(columns, separator, options.name_key, report)
    films = reader.read(path.name, select_rows(table, path.name, options.where, report))
    for film in group_by_film(films, report):  # reads all rows, so all spellings are known
        yield film._replace(genres=tuple(map(reader.spellings.name, film.genres)))
    if not reader.num_rows and not report.malformed and not report.dropped:
        raise empty_table(path)
    report.notices += reader.notices()


class FilmReader:
    """Reads films from rows; their genres are keys of ``spellings``, which has their names."""

    def __init__(self, columns: Columns, separator: str, name_key: str, report: Report) -> None:
        self.columns, self.separator, self.name_key = columns, separator, name_key
        self.report = report
        self.spellings = GenreSpellings()
        self.num_rows = self.num_texts = self.num_unspaced = 0
        self.distinct_texts: set[int] = set()
        self.distinct_keys: set[int] = set()

    def read(self, table: str, rows: Iterable[tuple[str, TableRow]]) -> Iterator[Film]:
        """Yield the film of each row; malformed rows go to the report."""
        for location, row in rows:
            self.num_rows += 1
            try:
                yield self.to_film(row)
            except ValueError as error:
                self.report.add_malformed(f"{table}, {location}: {error}")

    def to_film(self, row: TableRow) -> Film:
        """Return the film of a row; raise ValueError for an invalid value."""
        columns = self.columns
        title = to_name(row.get(columns.title)) if columns.title else ""
        year = to_year(row.get(columns.year), columns.year) if columns.year else None
        text = to_text(row.get(columns.text), columns.text)
        genres = self.read_genres(row)
        key = self.to_key(row, title, year, text)
        check_characters(key, title, text, *genres)
        if text:
            self.num_texts += 1
            self.num_unspaced += is_unspaced(text)
            self.distinct_texts.add(hash(text))
            self.distinct_keys.add(hash(key))
        return Film(key, title, year, text, tuple(map(self.spellings.add, genres)))

    def to_key(self, row: TableRow, title: str, year: int | None, text: str) -> str:
        """Return the film's key: by its column, else title and year, else a hash of the text."""
        if self.columns.film:
            if not (key := to_name(row.get(self.columns.film))):
                raise ValueError(f"{self.columns.film} is empty, expected a film's key")
            return key
        if not title:
            return short_hash(text)
        return title if year is None else f"{title} ({year})"

    def read_genres(self, row: TableRow) -> list[str]:
        """Return the genres of a row as they are spelled, without placeholders such as N/A."""
        genres = []
        for column in self.columns.genres:
            cell = row.get(column)
            is_member = INDICATORS.get(str(cell).lower().removesuffix(".0"))
            if is_member is not None and len(self.columns.genres) > 1:
                if is_member:
                    genres.append(column)
                continue
            try:
                genres += split_genres(cell, self.separator, self.name_key)
            except ValueError as error:
                raise ValueError(f"{column}: {error}") from None
        placeholders = [genre for genre in genres if is_placeholder(genre)]
        self.report.ignored.update(placeholders)
        return [genre for genre in genres if genre not in placeholders]

    def notices(self) -> list[str]:
        """Return what looks wrong with the table."""
        num_texts = self.num_texts - self.report.dropped["repeated text"]
        return [
            *genre_notices(self.spellings, self.separator, num_texts),
            *text_notices(num_texts, len(self.distinct_texts), self.num_unspaced),
            *key_notices(num_texts, len(self.distinct_keys), self.columns.film),
        ]
