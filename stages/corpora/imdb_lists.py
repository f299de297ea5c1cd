"""IMDb's plain-text lists, read a few megabytes at a time.

Both are ISO-8859-1 with line feeds alone as line ends: byte 0x85 is text, not a line end.

plot.list: blocks of ``MV: title`` and, for each plot, lines of ``PL: text`` and often ``BY: author``;
a line of dashes ends a block. genres.list: after a guide that ends with ``8: THE GENRES LIST`` and
``====``, rows of a title, tabs and one genre.
"""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from reprlib import repr as brief

from stages.corpora import Report
from stages.errors import StageError

CHUNK = 4 << 20
LONGEST_BLOCK = 4 * CHUNK
RULE = "-" * 79
GUIDE_END = re.compile(r"^8: THE GENRES LIST.*\n=+\n", re.MULTILINE)
GENRE_ROW = re.compile(r"^([^\t\n]+)\t+([^\t\n]+)$", re.MULTILINE)
SUSPENDED = " {{SUSPENDED}}"


def read_plots(path: Path, report: Report) -> Iterator[tuple[int, str, list[str]]]:
    """Yield each block of plot.list: the number of its title's line, the title, and its plots.

    Damaged blocks are reported and left out.
    """
    blocks = _plot_blocks(path, report)
    header = next(blocks)
    if "PLOT SUMMARIES LIST" not in header:
        raise StageError(f"{path} is not IMDb's plot.list: it has no line 'PLOT SUMMARIES LIST'")
    line = 2 + _line_feeds(header)
    for block in blocks:
        title, plots, problem = _read_block(block)
        if problem:
            report.damage(f"{path.name}, line {line}, {brief(title)}: {problem}")
        else:
            yield line, title, plots
        line += 1 + _line_feeds(block)


def _plot_blocks(path: Path, report: Report) -> Iterator[str]:
    """Yield the header, then each block after its ``MV: ``; a NUL stands for ``\\nPL: ``.

    So a plot is one line, and Python's own replace and split do what a loop over lines would.
    """
    for piece in _whole(_decoded(path, report, f"\n{RULE}\n"), "\nMV: ", path):
        plain = piece.replace("\0", " ").replace("\nPL:\n", "\nPL: \n")
        yield from plain.replace("\nPL: ", "\0").split("\nMV: ")


def _line_feeds(block: str) -> int:
    return block.count("\n") + block.count("\0")


def _read_block(block: str) -> tuple[str, list[str], str]:
    """Return a block's title, its plots, and what is wrong with it or an empty string.

    Any line that is none of text's ends a plot, so an author may be missing.
    """
    title, *lines = block.replace("\0", "\n\0", 1).split("\n")
    plots = []
    ended = False
    for line in lines:
        before, joined, text = line.partition("\0")
        if joined:
            plots.append(text.replace("\0", " ").strip())
        if before.startswith("---"):
            ended = True
        elif before and not before.startswith("BY:"):
            return title, plots, f"{brief(before)} is no line of MV, PL, BY or dashes"
    return title, plots, "" if ended else "no line of dashes ends its block"


def read_genres(path: Path, report: Report) -> dict[str, tuple[str, ...]]:
    """Return the genres of each title of genres.list, in its order, without marks of suspension.

    Damaged rows are reported and left out.
    """
    pieces = _whole(_decoded(path, report, "\n"), "\n", path)
    guide, rows = _after_guide(pieces, path)
    genres: dict[str, tuple[str, ...]] = {}
    longer: dict[
        tuple[tuple[str, ...], str], tuple[str, ...]
    ] = {}  # one tuple for all that share it
    line = 1 + guide.count("\n")
    for piece in rows:
        found = GENRE_ROW.findall(piece)
        if len(found) <= piece.count("\n") - piece.count("\n\n"):
            _report_rows(piece, line, path, report)
        for title, genre in found:
            key = title.removesuffix(SUSPENDED)
            had = genres.get(key, ())
            now = longer.get((had, genre))
            if now is None:
                now = longer[had, genre] = tuple(dict.fromkeys([*had, spelling(genre)]))
            genres[key] = now
        line += 1 + piece.count("\n")
    return genres


def spelling(genre: str) -> str:
    """Return a genre as IMDb writes it; the lists hold ``Reality-tv`` beside ``Reality-TV``."""
    return genre.strip().title().replace("-Tv", "-TV")


def _after_guide(pieces: Iterator[str], path: Path) -> tuple[str, Iterator[str]]:
    """Return the guide before the rows, which itself has rows, and the pieces that follow it."""
    guide = ""
    for piece in pieces:
        guide += f"{piece}\n"
        if found := GUIDE_END.search(guide):
            return guide[: found.end()], _prepended(guide[found.end() : -1], pieces)
        if len(guide) > LONGEST_BLOCK:
            break
    raise StageError(f"{path} is not IMDb's genres.list: it has no heading '8: THE GENRES LIST'")


def _prepended(first: str, rest: Iterable[str]) -> Iterator[str]:
    yield first
    yield from rest


def _report_rows(piece: str, line: int, path: Path, report: Report) -> None:
    for number, row in enumerate(piece.split("\n"), start=line):
        if row.strip() and not row.startswith("---") and not GENRE_ROW.fullmatch(row):
            report.damage(f"{path.name}, line {number}: {brief(row)} is no title, tab and genre")


def _whole(chunks: Iterable[str], mark: str, path: Path) -> Iterator[str]:
    """Yield the text in pieces that end where ``mark`` begins, which is left out."""
    rest = ""
    for chunk in chunks:
        rest += chunk
        piece, found, after = rest.rpartition(mark)
        if found:
            yield piece
            rest = after
        elif len(rest) > LONGEST_BLOCK:
            raise StageError(
                f"{path} holds {len(rest):,} characters without a new {mark.strip()!r}"
            )
    yield rest


def _decoded(path: Path, report: Report, end: str) -> Iterator[str]:
    """Yield the text of a list, gzipped or plain, in chunks; then ``end`` if nothing is missing."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            # read1 gives what is unpacked already before it raises for a damaged rest; read does not
            while chunk := file.read1(CHUNK):
                yield chunk.decode("iso-8859-1")
        yield end
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        report.damage(f"{path.name} breaks off, what follows is lost: {error}")
