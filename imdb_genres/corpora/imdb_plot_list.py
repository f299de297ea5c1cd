"""Reads IMDb's plot.list in chunks.

Blocks of ``MV: title`` and, for each plot, lines of ``PL: text`` and often ``BY: author``; a line of
dashes ends a block. ISO-8859-1; lines end with a line feed only: byte 0x85 is text, not a line end.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from reprlib import repr as brief

from imdb_genres.corpora.base import Report
from imdb_genres.corpora.imdb_chunks import SENTINEL, Start, read_chunks
from imdb_genres.corpora.imdb_titles import SUSPENDED, Title, parse_title

RULE = "-" * 79
NEXT_LINE = "\nPL:"
JOIN = SENTINEL  # between the lines of a plot
START = Start(
    re.compile(r"^PLOT SUMMARIES LIST\n=+\n(?:.*\n)*?(?:MV:|.*\Z)", re.MULTILINE),
    "plot.list: it has no heading 'PLOT SUMMARIES LIST'",
)

Block = tuple[Title, list[str]]  # a title and its plots


def read_keys(path: Path) -> Iterator[str]:
    """Yield the title line of each block of plot.list, without suspension marks.

    Takes a sixth of the time of ``read_plots``.
    """
    ignored = Report(sys.maxsize)  # read_plots reports what is malformed
    for _, chunk in read_chunks(path, ignored, START, "\nMV:", f"\n{RULE}"):
        for block in chunk.split("\nMV:"):
            yield block.partition("\n")[0].strip().removesuffix(SUSPENDED)


def read_plots(path: Path, report: Report) -> Iterator[Block]:
    """Yield the title and the plots of each block of plot.list; malformed blocks go to the report."""
    for line, chunk in read_chunks(path, report, START, "\nMV:", f"\n{RULE}"):
        # join and split together take less time than replace
        blocks = JOIN.join(chunk.split(NEXT_LINE)).split("\nMV:")
        for index, text in enumerate(blocks):
            block = _parse_block(text)
            if block is None:
                block, problem = _salvage(text)
                if problem:
                    number = line + sum(map(_count_lines, blocks[:index]))
                    report.add_malformed(f"{path.name}, line {number}: {problem}")
            if block:
                yield block


def _count_lines(text: str) -> int:
    return text.count("\n") + text.count(JOIN) + 1


def _parse_block(text: str) -> Block | None:
    """Return the title and the plots of a block; None if it is malformed."""
    heading, *lines = text.split("\n")
    heading, joined, plot = heading.partition(JOIN)
    title = parse_title(heading.strip())
    plots = _parse_plots([joined + plot, *lines]) if title else None
    return None if title is None or plots is None else (title, plots)


def _salvage(text: str) -> tuple[Block | None, str | None]:
    """Return what a malformed block holds up to its line of dashes, and what is wrong with it.

    A block that is followed by other text, as at the end of the list, is valid.
    """
    text = text.replace(JOIN, NEXT_LINE)
    complete, ended, trailer = text.partition(f"\n{RULE}\n")
    block = _parse_block(complete.replace(NEXT_LINE, JOIN) + f"\n{RULE}" * bool(ended))
    if block and not re.search("^(PL|BY):", trailer, re.MULTILINE):
        return block, None
    return block, _find_problem(text)


def _parse_plots(lines: list[str]) -> list[str] | None:
    """Return the plots in the lines below a title; None if the block is malformed.

    Lines that begin with ``PL:`` are joined by JOIN, also to a line of another kind before them.
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


def _find_problem(text: str) -> str:
    """Return what is wrong with a block."""
    heading, *lines = text.split("\n")
    title, ended = brief(heading.strip()), False
    if not parse_title(heading.strip()):
        return f"{title} has no year in parentheses"
    for line in filter(None, lines):
        if ended and line.startswith(("PL:", "BY:")):
            return f"{brief(line)} comes after the dashes that end the block of {title}"
        if not ended and not line.startswith(("PL:", "BY:", "---")):
            return f"{brief(line)}, expected a line of MV, PL, BY or dashes"
        ended = ended or line.startswith("---")
    return f"no line of dashes ends the block of {title}"
