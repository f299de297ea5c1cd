"""American films of 1900-2023 with the leads of their Wikipedia articles, from prust/wikipedia-movie-data.

A file for each decade holds a JSON list of films: ``title``, ``year``, ``genres`` and, for most,
``href`` (the article) and ``extract`` (its lead). The lead names the genre, and some of the genres
were read from it: see ``parse.mask_genre_words``.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from reprlib import repr as brief
from typing import Any

from imdb_genres.corpora.base import Film, Report, check_characters, group_by_film
from imdb_genres.corpora.genre_mapping import canonical_genres
from imdb_genres.errors import UserError
from imdb_genres.params.data import Parse


def parse(folder: Path, params: Parse, report: Report) -> Iterator[Film]:
    """Yield the films that have an extract; rows of one article are one film."""
    yield from group_by_film(_films(folder, report), report)


def _films(folder: Path, report: Report) -> Iterator[Film]:
    for path in sorted(folder.glob("movies-*.json")):
        for number, entry in enumerate(_read_entries(path), start=1):
            try:
                yield read_film(entry, report)
            except ValueError as error:
                report.add_malformed(f"{path.name}, film {number}: {error}")


def _read_entries(path: Path) -> list[Any]:
    try:
        entries = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path.name} is not readable JSON: {error}") from None
    if not isinstance(entries, list):
        raise UserError(f"{path.name} holds {brief(entries)}, expected a list of films")
    return entries


def read_film(entry: Any, report: Report) -> Film:
    """Return the film of an entry; raise ValueError if it is malformed."""
    match entry:
        case {"title": str(title), "year": int(year), "genres": list(genres)}:
            text = entry.get("extract") or ""
            key = entry.get("href") or f"{title} ({year})"
            if all(isinstance(value, str) for value in (text, key, *genres)):
                check_characters(title, text, key, *genres)
                mapped = canonical_genres(genres, "wikipedia_genres.tsv", report)
                return Film(key, title, year, text, mapped)
    raise ValueError(f"{brief(entry)}, expected title, year, genres, extract")
