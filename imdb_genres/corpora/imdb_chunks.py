"""The text of IMDb's gzipped lists, a chunk at a time, up to where a truncated file breaks off."""

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
SENTINEL = "\0"  # is in no chunk, so readers may insert it as a marker
# any: isal's own types take its error for an instance
UNREADABLE: Any = (EOFError, igzip.BadGzipFile, igzip_lib.IsalError)


class Start(NamedTuple):
    """What precedes a list's data, and what to say of a file without it."""

    heading: re.Pattern[str]
    missing: str


def read_chunks(
    path: Path, report: Report, start: Start, delimiter: str, end: str
) -> Iterator[tuple[int, str]]:
    """Yield the text after ``start`` in chunks, each with the number of its first line.

    A chunk ends at a ``delimiter``, which is left out; ``end`` is appended to the list, to close its
    last block. Raise UserError for a file without ``start``; report one that breaks off.
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
    """Yield chunks of about CHUNK_SIZE characters; what follows the last ``delimiter`` is left out.

    One of UNREADABLE is raised after the last chunk before it.
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

    Where a truncated file breaks off, one of UNREADABLE is raised, and ``end`` is not yielded.
    """
    with path.open("rb") as file:
        gzipped = file.read(2) == b"\x1f\x8b"
    with igzip.open(path) if gzipped else path.open("rb") as file:
        # the block of bytes in which a truncated file breaks off is lost
        while data := file.read(READ_SIZE):
            text = data.decode("iso-8859-1")
            yield text.replace(SENTINEL, "") if SENTINEL in text else text  # replace scans slowly
    yield end
