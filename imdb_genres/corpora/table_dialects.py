"""Detects the dialect of a delimited file: its delimiter and its quotes."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from imdb_genres.corpora.table_files import open_text, split_suffixes

DELIMITERS = [",", "\t", ";", "|", ":::"]
DEFAULTS = {".csv": ",", ".tsv": "\t"}
SAMPLE_SIZE = 2**20  # characters in which the header must end
# Excel's first line
SEPARATOR_HINT = re.compile(r"\ufeff?\"?sep=(\t|[^\s\w])\"?[ ,;\t]*(\r\n|\r|\n)")
QUOTED_FIELD = re.compile(r'"(?:[^"]|"")*"')


@dataclass(frozen=True)
class Dialect:
    """How rows are split into fields; ``hinted`` if the file's first line names the delimiter."""

    delimiter: str
    quoted: bool = True
    skip_spaces: bool = False
    hinted: bool = False

    def rows(self, file: TextIO) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that are not blank, each with the number of its last line.

        Raise csv.Error with the first line of a row that cannot be read.
        """
        skipped = 1 if self.hinted and file.readline() else 0
        split = self._split_by_string if len(self.delimiter) > 1 else self._split_by_character
        for number, row in split(file, skipped):
            if any(field and not field.isspace() for field in row):
                yield number, row

    def _split_by_string(self, file: TextIO, skipped: int) -> Iterator[tuple[int, list[str]]]:
        for number, line in enumerate(file, start=skipped + 1):
            yield number, [field.strip() for field in line.rstrip("\r\n").split(self.delimiter)]

    def _split_by_character(self, file: TextIO, skipped: int) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(
            file,
            delimiter=self.delimiter,
            quoting=csv.QUOTE_MINIMAL if self.quoted else csv.QUOTE_NONE,
            skipinitialspace=self.skip_spaces,
            strict=True,
        )
        number = skipped
        try:
            for row in reader:
                number = reader.line_num + skipped
                yield number, row
        except csv.Error as error:
            raise csv.Error(f"line {number + 1}: {error}") from None


def detect_dialect(path: Path, count_expected: Callable[[list[str]], int]) -> Dialect:
    """Return the dialect of ``path``; ``count_expected`` counts the expected fields of a row."""
    with open_text(path) as file:
        sample = file.read(SAMPLE_SIZE)
    if hint := SEPARATOR_HINT.match(sample):
        return Dialect(hint[1], hinted=True)
    default = DEFAULTS.get(split_suffixes(path)[0])

    def rank(delimiter: str) -> tuple[int, int, bool]:
        row = first_row(sample, Dialect(delimiter))
        return count_expected(row), len(row), delimiter == default

    delimiter = max(DELIMITERS, key=rank)
    header = first_row(sample, Dialect(delimiter))
    return Dialect(
        delimiter,
        quoted=delimiter != "\t" or uses_quotes(path, delimiter, len(header)),
        skip_spaces=len(header) > 1 and all(name.startswith(" ") for name in header[1:]),
    )


def first_row(sample: str, dialect: Dialect) -> list[str]:
    """Return the first row of ``sample`` that is not blank; [] if it cannot be read in ``dialect``."""
    try:
        return next(dialect.rows(io.StringIO(sample, newline="")), (0, []))[1]
    except csv.Error:
        return []


def uses_quotes(path: Path, delimiter: str, columns: int) -> bool:
    """Return whether quotes enclose fields; in IMDb's own TSV they are characters like others.

    A field with an opening quote only decides. They are characters if its line has all the columns
    and, where the field is the last one, the next line has too; otherwise it continues there.
    """
    with open_text(path) as file:
        for line in file:
            if '"' not in line:
                continue
            fields = line.rstrip("\r\n").split(delimiter)
            is_open = [
                field.startswith('"') and not QUOTED_FIELD.fullmatch(field) for field in fields
            ]
            if is_open[-1] and not any(is_open[:-1]) and len(fields) == columns:
                following = file.readline()
                return bool(following) and following.count(delimiter) != columns - 1
            if any(is_open):
                return len(fields) != columns
    return True
