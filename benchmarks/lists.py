"""Writes plot.list and genres.list as IMDb did, of any size: python -m benchmarks.lists --help."""

import argparse
import gzip
import random
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TextIO

from benchmarks.corpus import make_films

GENRE_COLUMN = 56
SUFFIXES = [""] * 80 + [" (TV)"] * 6 + [" (V)"] * 10 + [" (VG)"] * 4
SUSPENDED = " {{SUSPENDED}}"


class Entry(NamedTuple):
    """A title line with its plots, as (text, author or None) pairs, and its genres."""

    title: str
    plots: list[tuple[str, str | None]]
    genres: tuple[str, ...]


def write_lists(folder: Path, entries: Iterable[Entry], suffix: str = ".list.gz") -> None:
    """Write both lists into ``folder``, gzipped or, with the suffix ``.list``, plain."""
    with _list(folder / f"plot{suffix}") as plots, _list(folder / f"genres{suffix}") as genres:
        plots.write(_header("plot", "PLOT SUMMARIES LIST"))
        genres.write(_header("genres", "8: THE GENRES LIST", _guide()) + "\n")
        for entry in entries:
            if entry.plots:
                plots.write(format_plots(entry))
            genres.write("".join(format_genre(entry.title, genre) for genre in entry.genres))
        plots.write("-" * 79 + "\n")


@contextmanager
def _list(path: Path) -> Iterator[TextIO]:
    with path.open("wb") as file:
        packed = gzip.GzipFile("", "wb", 6, file, mtime=0) if path.suffix == ".gz" else file
        with packed, TextIOWrapper(packed, encoding="iso-8859-1", newline="\n") as text:
            yield text


def format_plots(entry: Entry) -> str:
    """Return the block of a title: its MV line, and PL lines of up to 79 columns for each plot."""
    block = ["-" * 79, f"MV: {entry.title}", ""]
    for text, author in entry.plots:
        # filled greedily; a word longer than a line overflows it
        block += [f"PL: {line}" for line in re.findall(r"(\S{75,}|.{0,74}\S)(?: |$)", text)] + [""]
        block += [f"BY: {author}", ""] if author else []
    return "\n".join(block) + "\n"


def format_genre(title: str, genre: str) -> str:
    """Return a row: tabs of 8 columns, at least one, lead to the genre in column 56."""
    tabs = max(1, -(-(GENRE_COLUMN - len(title)) // 8))
    return title + "\t" * tabs + genre + "\n"


def _header(name: str, heading: str, guide: str = "") -> str:
    date = "Fri Dec 22 00:00:00 2017"
    rule = "-" * 77
    return (
        f"CRC: 0x12345678  File: {name}.list  Date: {date}\n\nCopyright 1991-2017 The Internet Movie "
        f"Database Ltd. All rights reserved.\n\nhttp://www.imdb.com\n\n{name}.list\n\n2017-12-19\n\n"
        f"{rule}\n\n{guide}{heading}\n{'=' * len(heading)}\n"
    )


def _guide() -> str:
    """Return what precedes the genres: a table, and rows that look like data."""
    rows = "".join(f"Genre{n}\t\t{n * 100}\n" for n in range(28))
    examples = "".join(f"Made Up Title ({1900 + n})\t\t\tDrama\n" for n in range(100))
    contents = "".join(f"{n}: CHAPTER {n}\n" for n in range(1, 8)) + "8: THE GENRES LIST\n\n"
    return f"{contents}Breakdown of the main genres:\n\n{rows}\n{examples}\n"


def make_entries(plots: int, seed: int) -> Iterator[Entry]:
    """Yield titles of every kind with ``plots`` plots in all, and more titles without one."""
    draw = random.Random(seed)
    films = make_films(plots, seed)
    seen: set[str] = set()
    while plots:
        number = min(plots, draw.choice([1] * 9 + [2]))
        plots -= number
        texts, genres = zip(*(next(films) for _ in range(number)), strict=True)
        latin = [_latin(text) for text in texts]
        authors = [draw.choice([None, "Anonymous", "A. Writer <a@b.example>"]) for _ in texts]
        known = genres[0] if draw.random() < 0.72 else ()
        yield Entry(_title(draw, latin[0], seen), list(zip(latin, authors, strict=True)), known)
        for _ in range(draw.choice([1, 1, 1, 2, 2])):
            yield Entry(_title(draw, latin[0], seen), [], genres[-1])


def make_unplotted(rows: int, seed: int) -> Iterator[Entry]:
    """Yield titles without a plot, mostly episodes, with ``rows`` genres in all or a few more."""
    draw = random.Random(seed)
    genres = ["Drama", "Comedy", "Documentary", "Talk-Show", "Short", "News", "Family", "Romance"]
    number = 0
    while rows > 0:
        number += 1
        own = tuple(draw.sample(genres, draw.choice([1, 1, 1, 2, 3])))
        rows -= len(own)
        episode = f" {{Part {number} (#{number % 9}.{number % 99})}}" if number % 4 else ""
        yield Entry(f'"Series {number // 50}" ({1950 + number % 68}){episode}', [], own)


def _title(draw: random.Random, text: str, seen: set[str]) -> str:
    words = draw.sample(text.split(" "), min(draw.randint(2, 12), 1 + text.count(" ")))
    name = re.sub(r'[("]', "", " ".join(words)).strip() or "Untitled"
    name += draw.choice([""] * 99 + [" (Not)"])
    year = "????" if draw.random() < 0.05 else str(draw.randint(1900, 2017))
    title = f"{name} ({year})"
    while title in seen:
        title = f"{name} ({year}/{''.join(draw.choices('IVX', k=draw.randint(1, 6)))})"
    seen.add(title)
    if draw.random() < 0.12:
        episode = f" {{{words[0]} (#{draw.randint(1, 9)}.{draw.randint(1, 30)})}}"
        return f'"{name}"{title.removeprefix(name)}' + draw.choice(["", episode, episode])
    return title + draw.choice(SUFFIXES) + (SUSPENDED if draw.random() < 0.005 else "")


def _latin(text: str) -> str:
    """Return ``text`` as a list has it: Windows' three dots became byte 0x85, a line end to some."""
    return text.encode("cp1252", "ignore").decode("iso-8859-1")


def main() -> None:
    """Write both lists into a folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--plots", type=int, default=250_000)
    parser.add_argument("--more-genre-rows", type=int, default=0, help="of titles without a plot")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    entries = make_entries(options.plots, options.seed)
    unplotted = make_unplotted(options.more_genre_rows, options.seed)
    write_lists(options.folder, chain(entries, unplotted))


if __name__ == "__main__":
    main()
