"""Reads texts to predict: arguments, or the lines of a file or of standard input."""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from imdb_genres.errors import UserError

LONGEST_LINE = 100_000_000  # bytes
TABLE_SUFFIXES = {".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet"}
TEXT_COLUMNS = {"text", "plot", "description", "overview", "synopsis", "summary"}
OTHER_COLUMNS = {"title", "name", "year", "genre", "genres", "id", "film", "movie"}


def read_texts(arguments: tuple[str, ...], file: Path | None) -> Iterable[str]:
    """Return the arguments, else the lines of the file, else those of the input."""
    if arguments:
        return [decode_argument(text) for text in arguments]
    return read_file(file) if file else decode_lines(sys.stdin.buffer, "the input")


def decode_argument(text: str) -> str:
    """Return an argument's text; in a C locale, Python reads its UTF-8 bytes as lone surrogates."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:  # half of a surrogate pair, which no encoding has
        return text.encode("utf-8", "replace").decode("utf-8")


def read_file(path: Path) -> Iterator[str]:
    """Yield the lines of a file; raise UserError if it cannot be read."""
    try:
        with path.open("rb") as file:
            yield from decode_lines(file, str(path))
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None


def decode_lines(file: BinaryIO, name: str) -> Iterator[str]:
    """Yield every line, also empty ones, so that the n-th prediction belongs to the n-th line."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise UserError(f"{name}, line {number} is longer than {LONGEST_LINE:,} bytes")
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise UserError(
                f"{name}, line {number} is not UTF-8 text: byte 0x{line[error.start]:02x} at column "
                f"{error.start + 1}"
            ) from None
        if number == 1:
            refuse_header(text, name)
        yield text


def refuse_header(line: str, name: str) -> None:
    """Raise UserError if the first line looks like a table's: whole rows would be texts."""
    columns = [column.strip(' "').lower() for column in re.split("[,;\t]", line)]
    texts = [column for column in columns if column in TEXT_COLUMNS]
    if len(columns) > 1 and (texts or len(OTHER_COLUMNS.intersection(columns)) > 1):
        raise UserError(
            f"{name} looks like a table with the columns {', '.join(columns)[:80]}; name the column "
            f"with the texts: --file NAME.csv --column {(texts or ['NAME'])[0]}"
        )
