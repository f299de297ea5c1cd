"""Reads IMDb's lists, gzipped or not, in chunks; a truncated file up to its end."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from isal import igzip, igzip_lib  # a third of the time of Python's own gzip

from imdb_genres.corpora.base import Report
from imdb_genres.errors import UserError

READ_SIZE = 1 << 14  # bytes
CHUNK_SIZE = 1 << 18  # characters; the guide before the data is in the first chunk
LONGEST_BLOCK = 4 * CHUNK_SIZE
SENTINEL = "\0"  # occurs in no chunk, so readers may insert it as a marker
# Any: isal's stubs declare IsalError as an instance
UNREADABLE: Any = (EOFError, igzip.BadGzipFile, igzip_lib.IsalError)


class Start(NamedTuple):
    """The heading before a list's data, and the error message for a file without it."""

    heading: re.Pattern[str]
    missing: str


def read_chunks(
    path: Path, report: Report, start: Start, delimiter: str, end: str
) -> Iterator[tuple[int, str]]:
    """Yield the text after ``start`` in chunks, each with the number of its first line.

    Chunks end at a ``delimiter``, which is left out; ``end`` is appended to the list, to close its
    last block. Raise UserError for a file without ``start``; a truncated one goes to the report.
    """
    line = 1
    try:
        for chunk in _split(_read_text(path, end + delimiter), delimiter, path):
            begin = 0
            if line == 1:
                match = start.heading.search(chunk)
                if not match:
                    raise UserError(f"{path} is not IMDb's {start.missing}")
                begin = match.end()
            if begin < len(chunk):
                yield line + chunk.count("\n", 0, begin), chunk[begin:]
            line += chunk.count("\n") + 1
    except UNREADABLE as error:
        report.add_malformed(
            f"{path.name}, line {line}: it breaks off, what follows is lost: {error}"
        )


def _split(texts: Iterable[str], delimiter: str, path: Path) -> Iterator[str]:
    """Yield chunks of about CHUNK_SIZE characters, up to the last ``delimiter``.

    Raises one of UNREADABLE after the last chunk of a truncated file.
    """
    rest = ""
    try:
        for text in texts:
            rest += text
            if len(rest) > CHUNK_SIZE:
                chunk, delimited, after = rest.rpartition(delimiter)
                if delimited:
                    yield chunk
                    rest = after
                elif len(rest) > LONGEST_BLOCK:
                    raise UserError(
                        f"{path} holds {len(rest):,} characters without a new {delimiter.strip()!r}"
                    )
    except UNREADABLE:
        yield rest.rpartition(delimiter)[0]
        raise
    yield rest.rpartition(delimiter)[0]


def _read_text(path: Path, end: str) -> Iterator[str]:
    """Yield the text of a list, gzipped or plain, a few kilobytes at a time; then ``end``.

    Raises one of UNREADABLE at the end of a truncated file, before ``end``.
    """
    with path.open("rb") as file:
        gzipped = file.read(2) == b"\x1f\x8b"
    with igzip.open(path) if gzipped else path.open("rb") as file:
        # the last, incomplete block of a truncated file is lost
        while data := file.read(READ_SIZE):
            text = data.decode("iso-8859-1")
            yield text.replace(SENTINEL, "") if SENTINEL in text else text  # replace scans slowly
    yield end
