"""IMDb's plain-text lists, read a piece at a time.

Both are ISO-8859-1 with line feeds alone as line ends: byte 0x85 is text, not a line end.

plot.list: blocks of ``MV: title`` and, for each plot, lines of ``PL: text`` and often ``BY: author``;
a line of dashes ends a block. genres.list: after a guide that ends with ``8: THE GENRES LIST`` and
``====``, rows of a title, tabs and one genre.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from reprlib import repr as brief

from imdb_genres.corpora.base import Report
from imdb_genres.corpora.imdb_chunks import UNUSED, Start, pieces
from imdb_genres.corpora.imdb_titles import SUSPENDED, Title, parse_title

RULE = "-" * 79
NEXT = "\nPL:"
JOIN = UNUSED  # stands between the lines of a plot
PLOTS_START = Start(
    re.compile(r"^PLOT SUMMARIES LIST\n=+\n(?:.*\n)*?(?:MV:|.*\Z)", re.MULTILINE),
    "plot.list: it has no heading 'PLOT SUMMARIES LIST'",
)
GENRES_START = Start(
    re.compile(r"^8: THE GENRES LIST.*\n=+\n", re.MULTILINE),
    "genres.list: it has no heading '8: THE GENRES LIST'",
)


def read_plots(path: Path, report: Report) -> Iterator[tuple[Title, list[str]]]:
    """Yield the title and the plots of each block of plot.list; damaged blocks are reported."""
    for line, piece in pieces(path, report, PLOTS_START, "\nMV:", f"\n{RULE}"):
        # join and split together take less than replace
        blocks = JOIN.join(piece.split(NEXT)).split("\nMV:")
        for number, block in enumerate(blocks):
            heading, *lines = block.split("\n")
            heading, joined, plot = heading.partition(JOIN)
            title, plots = parse_title(heading.strip()), _plots([joined + plot, *lines])
            if title and plots is not None:
                yield title, plots
            else:
                before = "".join(f"{block}\n" for block in blocks[:number]).replace(JOIN, NEXT)
                newlines = before.count("\n")
                place = f"{path.name}, line {line + newlines}"
                report.add_malformed(f"{place}: {_fault(block.replace(JOIN, NEXT))}")


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
    for line, piece in pieces(path, report, GENRES_START, "\n", ""):
        rows = piece.replace(f"{SUSPENDED}\t", "\t").split("\n")
        for number, row in enumerate(rows, start=line):
            title, _, genre = row.partition("\t")
            if title and (known := spelling(genre)):
                if title != last:  # a title's rows are neighbours: one look-up for all of them
                    last, found = title, genres.setdefault(title, [])
                if known not in found:
                    found.append(known)
            elif row.strip() and not row.startswith("---"):
                report.add_malformed(
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
