"""Opens a table's file as text: compression by its suffix, encoding by its byte order mark."""

import bz2
import codecs
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from imdb_genres.errors import UserError

OPENERS: dict[str, Callable[..., object]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}
SIGNATURES = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ": ".xz"}  # they win over the suffix
OTHER_FORMATS = {
    b"PK\x03\x04": "is a ZIP archive or an Excel workbook: unpack it, or save the sheet as CSV UTF-8",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook: save the sheet as CSV UTF-8",
    b"PAR1": "is a Parquet file: give it the suffix .parquet",
    b"SQLite format 3": "is an SQLite database: export the table as CSV",
    b"version https://git-lfs": "is a Git LFS pointer, not the table: run git lfs pull",
    b"<!DOCTYPE": "is an HTML page, not the table: download the file itself",
    b"<html": "is an HTML page, not the table: download the file itself",
}
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it starts with
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
CORRUPT = (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, OSError)


def split_suffixes(path: Path) -> tuple[str, str]:
    """Return the suffixes of the format and of the compression: (".csv", ".gz") or (".csv", "")."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in OPENERS:
        return (suffixes[-2] if len(suffixes) > 1 else "", suffixes[-1])
    return (suffixes[-1] if suffixes else "", "")


def empty_table(path: Path) -> UserError:
    """Return the error for a table without rows."""
    return UserError(f"{path.name} has no rows: a table needs column names and rows")


@contextmanager
def open_binary(path: Path) -> Iterator[BinaryIO]:
    """Open a file, decompressed; raise UserError if it is corrupt or not a table."""
    with path.open("rb") as packed:
        start = packed.read(32)
    for signature, advice in OTHER_FORMATS.items():
        if start.startswith(signature):
            raise UserError(f"{path.name} {advice}")
    suffixes = [suffix for mark, suffix in SIGNATURES.items() if start.startswith(mark)]
    opener = OPENERS.get(suffixes[0] if suffixes else split_suffixes(path)[1], open)
    try:
        with cast(BinaryIO, opener(path, "rb")) as file:
            yield file
    except CORRUPT as error:
        raise UserError(f"{path.name} is not readable: {error}") from None


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a file as text and keep its line ends; raise UserError with the line of a bad byte."""
    with open_binary(path) as file:
        text = TextIOWrapper(file, encoding=detect_encoding(path), newline="")
        try:
            yield text
        except UnicodeError as error:
            raise locate_bad_byte(path, error) from None
        finally:
            text.detach()


def detect_encoding(path: Path) -> str:
    """Return the encoding by the first bytes, UTF-8 by default."""
    with open_binary(path) as file:
        start = file.read(4)
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if start.startswith(mark):
            return encoding
    match [byte != 0 for byte in start]:  # ASCII in UTF-16 has a zero in each pair of bytes
        case [True, False, _, False]:
            return "utf-16-le"
        case [False, True, False, _]:
            return "utf-16-be"
    return "utf-8"


def locate_bad_byte(path: Path, error: UnicodeError) -> UserError:
    """Return an error with the line of the first byte of ``path`` that is not UTF-8."""
    try:
        for _ in read_lines(path):
            pass
    except UserError as located:
        return located
    return UserError(f"{path.name}: {error}")


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 file, split at line feeds only."""
    with open_binary(path) as file:
        for number, line in enumerate(file, start=1):
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                name = path.name
                raise UserError(
                    f"{name}, line {number}: byte {line[error.start]:#04x} in position "
                    f"{error.start + 1} is not UTF-8; save the file as UTF-8, for example with "
                    f"iconv -f cp1252 -t utf-8 {name} > utf8-{name}"
                ) from None
