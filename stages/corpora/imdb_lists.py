"""IMDb's plain-text lists, read a piece at a time.

Both are ISO-8859-1 with line feeds alone as line ends: byte 0x85 is text, not a line end.

plot.list: blocks of ``MV: title`` and, for each plot, lines of ``PL: text`` and often ``BY: author``;
a line of dashes ends a block. genres.list: after a guide that ends with ``8: THE GENRES LIST`` and
``====``, rows of a title, tabs and one genre.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from reprlib import repr as brief
from typing import Any

from isal import igzip, igzip_lib  # a third of the time of Python's own gzip

from stages.corpora import Report
from stages.corpora.imdb_titles import SUSPENDED, Title, parse_title
from stages.errors import StageError

PART = 1 << 14  # bytes
PIECE = 1 << 18  # characters; the guide before the data is in the first
LONGEST_BLOCK = 4 * PIECE
RULE = "-" * 79
NEXT = "\nPL:"
JOIN = "\0"  # stands between the lines of a plot: no character of a list
PLOTS_START = re.compile(r"^PLOT SUMMARIES LIST\n=+\n(?:.*\n)*?(?:MV:|.*\Z)", re.MULTILINE)
GENRES_START = re.compile(r"^8: THE GENRES LIST.*\n=+\n", re.MULTILINE)
# any: isal's own types take its error for an instance
UNREADABLE: Any = (EOFError, igzip.BadGzipFile, igzip_lib.IsalError)
HEADINGS = {
    PLOTS_START: "plot.list: it has no heading 'PLOT SUMMARIES LIST'",
    GENRES_START: "genres.list: it has no heading '8: THE GENRES LIST'",
}


def read_plots(path: Path, report: Report) -> Iterator[tuple[Title, list[str]]]:
    """Yield the title and the plots of each block of plot.list; damaged blocks are reported."""
    for line, piece in _pieces(path, report, PLOTS_START, "\nMV:", f"\n{RULE}"):
        # join and split together take less than replace
        blocks = JOIN.join(piece.split(NEXT)).split("\nMV:")
        for number, block in enumerate(blocks):
            heading, *lines = block.split("\n")
            heading, joined, plot = heading.partition(JOIN)
            title, plots = parse_title(heading.strip()), _plots([joined + plot, *lines])
            if title and plots is not None:
                yield title, plots
            else:
                before = "".join(f"{block}\n" for block in blocks[:number])
                place = line + before.count("\n") + before.count(JOIN)
                report.damage(f"{path.name}, line {place}: {_fault(block.replace(JOIN, NEXT))}")


def _plots(lines: list[str]) -> list[str] | None:
    """Return the plots in the lines below a title; None if these are no whole block.

    Lines that begin with ``PL:`` are joined, also to another line that they follow.
    """
    plots, ended = [], False
    for line in filter(None, lines):
        kind = line[:3]
        if kind == "---" and JOIN not in line:
            ended = True
        elif ended:
            return None
        elif kind[0] == JOIN:
            plots.append(line)
        elif kind == "BY:":
            plots += line.split(JOIN, 1)[1:]
        else:
            return None
    return [plot.replace(JOIN, "").strip() for plot in plots] if ended else None


def _fault(block: str) -> str:
    """Return what is wrong with a block."""
    title, *lines = block.split("\n")
    name, ended = brief(title.strip()), False
    if not parse_title(title.strip()):
        return f"{name} has no year in parentheses"
    for line in filter(None, lines):
        if not line.startswith(("PL:", "BY:", "---")):
            return f"{brief(line)} is no line of MV, PL, BY or dashes"
        if ended and not line.startswith("---"):
            return f"{brief(line)} comes after the dashes that end the block of {name}"
        ended = line.startswith("---")
    return f"no line of dashes ends the block of {name}"


def read_genres(path: Path, report: Report) -> dict[str, list[str]]:
    """Return the genres of each title of genres.list, in its order, without marks of suspension.

    Damaged rows are reported and left out.
    """
    genres: dict[str, list[str]] = {}
    last, found = None, list[str]()
    for line, piece in _pieces(path, report, GENRES_START, "\n", ""):
        rows = piece.replace(f"{SUSPENDED}\t", "\t").split("\n")
        for number, row in enumerate(rows, start=line):
            title, _, genre = row.partition("\t")
            if title and (known := spelling(genre)):
                if title != last:  # a title's rows are neighbours: one look-up for all of them
                    last, found = title, genres.setdefault(title, [])
                if known not in found:
                    found.append(known)
            elif row.strip() and not row.startswith("---"):
                report.damage(
                    f"{path.name}, line {number}: {brief(row)} is no title, tab and genre"
                )
    return genres


@lru_cache(1000)
def spelling(genre: str) -> str:
    """Return a genre as IMDb writes it, and nothing for what is none: with a tab in it, or empty.

    The lists hold ``Reality-tv`` beside ``Reality-TV``.
    """
    name = genre.strip()
    return "" if "\t" in name else name.title().replace("-Tv", "-TV")


def _pieces(
    path: Path, report: Report, start: re.Pattern[str], mark: str, end: str
) -> Iterator[tuple[int, str]]:
    """Yield the text after ``start`` in pieces, each with the number of its first line.

    A piece ends where ``mark`` begins, which is left out; ``end`` closes what the list's end leaves
    open.
    """
    line = 1
    try:
        for piece in _cut(_text(path, end + mark), mark, path):
            begin = 0
            if line == 1:
                found = start.search(piece)
                if not found:
                    raise StageError(f"{path} is not IMDb's {HEADINGS[start]}")
                begin = found.end()
            if begin < len(piece):
                yield line + piece.count("\n", 0, begin), piece[begin:]
            line += piece.count("\n") + 1
    except UNREADABLE as error:
        report.damage(f"{path.name}, line {line}: it breaks off, what follows is lost: {error}")


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
                    raise StageError(
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
            yield text.replace(JOIN, "") if JOIN in text else text  # replace looks slowly
    yield end
