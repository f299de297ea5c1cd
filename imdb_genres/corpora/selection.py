"""Selects films and their descriptions."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from imdb_genres.corpora.base import Film, Report


def filter_films(films: Iterable[Film], min_words: int, report: Report) -> Iterator[Film]:
    """Yield the films that have a genre and at least ``min_words`` words; count the others."""
    required = max(min_words, 1)
    for film in films:
        if not film.genres:
            report.dropped["no genre"] += 1
        elif len(film.text.split(maxsplit=required)) < required:
            report.dropped["too short"] += 1
        else:
            yield film


def choose_plots(films: Iterable[Film], plots: str) -> Iterator[Film]:
    """Yield ``all`` descriptions of each film, the ``longest``, the ``first``, or all ``joined``."""
    if plots == "all":
        yield from films
        return
    for _, group in groupby(films, key=attrgetter("film")):
        descriptions = list(group)
        match plots:
            case "longest":
                yield max(descriptions, key=lambda film: len(film.text))
            case "first":
                yield descriptions[0]
            case "joined":
                yield descriptions[0]._replace(text=" ".join(film.text for film in descriptions))
