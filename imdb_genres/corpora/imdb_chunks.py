"""The text of IMDb's gzipped lists, a piece at a time, up to where a damaged one breaks off."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from isal import igzip, igzip_lib  # a third of the time of Python's own gzip

from imdb_genres.corpora.base import Report
from imdb_genres.errors import UserError

PART = 1 << 14  # bytes
PIECE = 1 << 18  # characters; the guide before the data is in the first
LONGEST_BLOCK = 4 * PIECE
UNUSED = "\0"  # is in no piece, so readers may mark places with it
# any: isal's own types take its error for an instance
UNREADABLE: Any = (EOFError, igzip.BadGzipFile, igzip_lib.IsalError)


class Start(NamedTuple):
    """What stands before a list's data, and what to say of a file without it."""

    heading: re.Pattern[str]
    missing: str


def pieces(
    path: Path, report: Report, start: Start, mark: str, end: str
) -> Iterator[tuple[int, str]]:
    """Yield the text after ``start`` in pieces, each with the number of its first line.

    A piece ends where ``mark`` begins, which is left out; ``end`` closes what the list's end leaves
    open. Raise UserError for a file without ``start``; report one that breaks off.
    """
    line = 1
    try:
        for piece in _cut(_text(path, end + mark), mark, path):
            begin = 0
            if line == 1:
                found = start.heading.search(piece)
                if not found:
                    raise UserError(f"{path} is not IMDb's {start.missing}")
                begin = found.end()
            if begin < len(piece):
                yield line + piece.count("\n", 0, begin), piece[begin:]
            line += piece.count("\n") + 1
    except UNREADABLE as error:
        report.add_malformed(
            f"{path.name}, line {line}: it breaks off, what follows is lost: {error}"
        )


def _cut(texts: Iterable[str], mark: str, path: Path) -> Iterator[str]:
    """Yield pieces of about PIECE characters; what follows the last ``mark`` is left out.

    One of UNREADABLE is raised after the last piece before it.
    """
    rest = ""
    try:
        for text in texts:
            rest += text
            if len(rest) > PIECE:
                piece, found, after = rest.rpartition(mark)
                if found:
                    yield piece
                    rest = after
                elif len(rest) > LONGEST_BLOCK:
                    raise UserError(
                        f"{path} holds {len(rest):,} characters without a new {mark.strip()!r}"
                    )
    except UNREADABLE:
        yield rest.rpartition(mark)[0]
        raise
    yield rest.rpartition(mark)[0]


def _text(path: Path, end: str) -> Iterator[str]:
    """Yield the text of a list, gzipped or plain, a few kilobytes at a time; then ``end``.

    Where a damaged file breaks off, one of UNREADABLE is raised, and there is no ``end``.
    """
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with igzip.open(path) if packed else path.open("rb") as file:
        # the part in which a damaged file breaks off is lost
        while part := file.read(PART):
            text = part.decode("iso-8859-1")
            yield text.replace(UNUSED, "") if UNUSED in text else text  # replace looks slowly
    yield end
