"""The complete CMU Movie Summary Corpus: 42,000 Wikipedia plots with Freebase genres.

``plot_summaries.txt`` holds a Wikipedia id, a tab and the plot; ``movie.metadata.tsv`` nine columns
without names, of which the Wikipedia id, the title, the release date and the genres are read.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from reprlib import repr as brief

from imdb_genres.corpora.base import Film, Report, check_characters, group_by_film
from imdb_genres.corpora.genre_mapping import canonical_genres
from imdb_genres.corpora.table_files import read_lines
from imdb_genres.params.data import Parse

PLOTS, METADATA = "plot_summaries.txt", "movie.metadata.tsv"
COLUMNS = 9
FIRST_FILM_YEAR = 1888  # earlier years are errors of the corpus


def parse(folder: Path, params: Parse, report: Report) -> Iterator[Film]:
    """Yield the films that have a plot, a title and genres; the Wikipedia id is their key."""
    metadata = dict(_read_columns(folder / METADATA, COLUMNS, report))
    yield from group_by_film(_join_plots(folder / PLOTS, metadata, report), report)


def _join_plots(path: Path, metadata: dict[str, list[str]], report: Report) -> Iterator[Film]:
    for key, (text,) in _read_columns(path, 2, report):
        if key not in metadata:
            report.dropped["no metadata"] += 1
            continue
        _, title, released, *_, categories = metadata[key]
        try:
            genres = canonical_genres(_category_names(categories), "freebase_genres.tsv", report)
        except ValueError as error:
            report.add_malformed(f"{METADATA}, film {key}: {error}")
            continue
        yield Film(key, title, _release_year(released), text, genres)


def _read_columns(path: Path, columns: int, report: Report) -> Iterator[tuple[str, list[str]]]:
    """Yield the Wikipedia id of each line, its first column, and the other columns."""
    for number, line in enumerate(read_lines(path), start=1):
        key, *others = line.rstrip("\r\n").split("\t")
        if key.isdecimal() and len(others) == columns - 1:
            yield key, others
        else:
            report.add_malformed(
                f"{path.name}, line {number}: {brief(line)}, expected {columns} columns with tabs "
                "between them, the first a Wikipedia id"
            )


def _category_names(categories: str) -> Iterable[str]:
    """Return the names in a JSON object of Freebase ids and names."""
    try:
        names = list(json.loads(categories).values())
    except (ValueError, AttributeError, RecursionError):
        names = [None]
    if not all(isinstance(name, str) for name in names):
        raise ValueError(f"genres {brief(categories)}, expected a JSON object of names")
    check_characters(*names)
    return names


def _release_year(released: str) -> int | None:
    """Return the year of a date; None for a missing one, and for one before the first film."""
    year = re.match(r"\d{4}", released)
    return int(year[0]) if year and int(year[0]) >= FIRST_FILM_YEAR else None
