"""IMDb's plain-text lists, read a chunk at a time.

Both are ISO-8859-1 with line feeds alone as line ends: byte 0x85 is text, not a line end.

plot.list: blocks of ``MV: title`` and, for each plot, lines of ``PL: text`` and often ``BY: author``;
a line of dashes ends a block. genres.list: after a guide that ends with ``8: THE GENRES LIST`` and
``====``, rows of a title, tabs and one genre.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from reprlib import repr as brief

from imdb_genres.corpora.base import Report
from imdb_genres.corpora.imdb_chunks import SENTINEL, Start, read_chunks
from imdb_genres.corpora.imdb_titles import SUSPENDED, Title, parse_title

RULE = "-" * 79
NEXT_LINE = "\nPL:"
JOIN = SENTINEL  # between the lines of a plot
PLOTS_START = Start(
    re.compile(r"^PLOT SUMMARIES LIST\n=+\n(?:.*\n)*?(?:MV:|.*\Z)", re.MULTILINE),
    "plot.list: it has no heading 'PLOT SUMMARIES LIST'",
)
GENRES_START = Start(
    re.compile(r"^8: THE GENRES LIST.*\n=+\n", re.MULTILINE),
    "genres.list: it has no heading '8: THE GENRES LIST'",
)


def read_keys(path: Path) -> Iterator[str]:
    """Yield the title line of each block of plot.list, without marks of suspension.

    This takes a sixth of the time that reading the plots takes.
    """
    ignored = Report(sys.maxsize)  # read_plots reports what is malformed
    for _, chunk in read_chunks(path, ignored, PLOTS_START, "\nMV:", f"\n{RULE}"):
        for block in chunk.split("\nMV:"):
            yield block.partition("\n")[0].strip().removesuffix(SUSPENDED)


def read_plots(path: Path, report: Report) -> Iterator[tuple[Title, list[str]]]:
    """Yield the title and the plots of each block of plot.list; malformed blocks are reported."""
    for line, chunk in read_chunks(path, report, PLOTS_START, "\nMV:", f"\n{RULE}"):
        # join and split together take less than replace
        blocks = JOIN.join(chunk.split(NEXT_LINE)).split("\nMV:")
        for index, block in enumerate(blocks):
            title, plots = _read_block(block)
            if plots is None:
                title, plots, fault = _salvage(block)
                if fault:
                    before = "".join(f"{block}\n" for block in blocks[:index])
                    number = line + before.replace(JOIN, NEXT_LINE).count("\n")
                    report.add_malformed(f"{path.name}, line {number}: {fault}")
            if title and plots is not None:
                yield title, plots


def _read_block(block: str) -> tuple[Title | None, list[str] | None]:
    """Return the title and the plots of a block; no plots where it is malformed."""
    heading, *lines = block.split("\n")
    heading, joined, plot = heading.partition(JOIN)
    title = parse_title(heading.strip())
    return title, _plots([joined + plot, *lines]) if title else None


def _salvage(block: str) -> tuple[Title | None, list[str] | None, str | None]:
    """Return what a malformed block holds up to its line of dashes, and what is wrong with it.

    Nothing is wrong with a block that other text follows, as at the end of a list.
    """
    block = block.replace(JOIN, NEXT_LINE)
    complete, ended, trailer = block.partition(f"\n{RULE}\n")
    title, plots = _read_block(complete.replace(NEXT_LINE, JOIN) + f"\n{RULE}" * bool(ended))
    if plots is not None and not re.search("^(PL|BY):", trailer, re.MULTILINE):
        return title, plots, None
    return title, plots, _fault(block)


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
        if ended and line.startswith(("PL:", "BY:")):
            return f"{brief(line)} comes after the dashes that end the block of {name}"
        if not ended and not line.startswith(("PL:", "BY:", "---")):
            return f"{brief(line)} is no line of MV, PL, BY or dashes"
        ended = ended or line.startswith("---")
    return f"no line of dashes ends the block of {name}"


def read_genres(path: Path, keys: Iterable[str], report: Report) -> dict[str, tuple[str, ...]]:
    """Return the genres of each of ``keys``, in the order of genres.list; without any: ().

    Marks of suspension do not count. Rows of other titles, most of the list, are not kept. Malformed
    rows are reported and left out.
    """
    genres: dict[str, tuple[str, ...]] = dict.fromkeys(keys, ())
    for line, chunk in read_chunks(path, report, GENRES_START, "\n", ""):
        rows = chunk.replace(f"{SUSPENDED}\t", "\t").split("\n")
        for number, row in enumerate(rows, start=line):
            key, tab, genre = row.partition("\t")
            if tab and (known := genres.get(key)) is None:
                continue
            if tab and (extended := _with_genre(known, genre)):
                genres[key] = extended
            elif row.strip() and not row.startswith("---"):
                report.add_malformed(
                    f"{path.name}, line {number}: {brief(row)} is no title, tab and genre"
                )
    return genres


@lru_cache(10_000)
def _with_genre(genres: tuple[str, ...], padded: str) -> tuple[str, ...]:
    """Return ``genres`` and one more, nothing where ``padded`` holds none.

    The cache saves memory too: hundreds of thousands of films share some hundreds of tuples.
    """
    genre = spelling(padded)
    if not genre:
        return ()
    return genres if genre in genres else (*genres, genre)


@lru_cache(1000)
def spelling(genre: str) -> str:
    """Return a genre as IMDb writes it, and nothing for what is none: with a tab in it, or empty.

    The lists hold ``Reality-tv`` beside ``Reality-TV``.
    """
    name = genre.strip()
    return "" if "\t" in name else name.title().replace("-Tv", "-TV")
