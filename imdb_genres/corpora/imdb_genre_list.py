"""Reads IMDb's genres.list in chunks.

After a guide that ends with ``8: THE GENRES LIST`` and ``====``, rows of a title, tabs and one genre.
ISO-8859-1; lines end with a line feed only, as in plot.list.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from reprlib import repr as brief

from imdb_genres.corpora.base import Report
from imdb_genres.corpora.imdb_chunks import Start, read_chunks
from imdb_genres.corpora.imdb_titles import SUSPENDED

START = Start(
    re.compile(r"^8: THE GENRES LIST.*\n=+\n", re.MULTILINE),
    "genres.list: it has no heading '8: THE GENRES LIST'",
)


def read_genres(path: Path, keys: Iterable[str], report: Report) -> dict[str, tuple[str, ...]]:
    """Return the genres of each of ``keys``, in the order of genres.list; () for one without any.

    Suspension marks are ignored, and rows of other titles, most of the list, are not kept. Malformed
    rows go to the report.
    """
    genres: dict[str, tuple[str, ...]] = dict.fromkeys(keys, ())
    for line, chunk in read_chunks(path, report, START, "\n", ""):
        rows = chunk.replace(f"{SUSPENDED}\t", "\t").split("\n")
        for number, row in enumerate(rows, start=line):
            key, tab, genre = row.partition("\t")
            if tab and key not in genres:
                continue
            if tab and (extended := _add_genre(genres[key], genre)):
                genres[key] = extended
            elif row.strip() and not row.startswith("---"):
                report.add_malformed(
                    f"{path.name}, line {number}: {brief(row)}, expected a title, tabs and one genre"
                )
    return genres


@lru_cache(10_000)
def _add_genre(genres: tuple[str, ...], padded: str) -> tuple[str, ...]:
    """Return ``genres`` and one more; () if ``padded`` is not a genre.

    The cache saves memory too: hundreds of thousands of films share some hundreds of tuples.
    """
    genre = normalize_genre(padded)
    if not genre:
        return ()
    return genres if genre in genres else (*genres, genre)


@lru_cache(1000)
def normalize_genre(genre: str) -> str:
    """Return a genre as IMDb spells it; "" if it is empty or holds a tab.

    The lists have ``Reality-tv`` as well as ``Reality-TV``.
    """
    name = genre.strip()
    return "" if "\t" in name else name.title().replace("-Tv", "-TV")
