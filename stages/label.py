"""Chooses which genres count, and which one stands for a film."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import chain

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.hashing import unit_hash
from imdb_genres.io.parquet import columns, copy_rows
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA
from imdb_genres.stage import run_stage

FILMS = DATA / "films.parquet"


def main(params: Params) -> None:
    """Add ``labels`` (the kept genres of a film) and ``label`` (the one that stands for it)."""
    films, genres = columns(FILMS, "film", "genres")
    by_film = dict(zip(reversed(films), reversed(genres), strict=True))  # of its first description
    films_of = kept_genres(by_film.values(), params.label.min_films)
    if len(films_of) < 2:
        known = set(chain.from_iterable(by_film.values()))
        raise UserError(
            f"label.min_films: {params.label.min_films} leaves {len(films_of)} of the corpus's "
            f"{len(known)} genres; two or more are needed: lower it, or bring more films"
        )
    labels = kept_labels(genres, films_of)
    rows = np.flatnonzero([bool(some) for some in labels])
    picks = [
        choose_label(labels[row], films[row], params.label.strategy, films_of, params.seed)
        for row in rows
    ]
    copy_rows(
        FILMS, DATA / "labelled.parquet", rows, labels=[labels[row] for row in rows], label=picks
    )
    dropped = len(films) - len(rows)
    print(
        f"label: {len(rows)} descriptions in {len(films_of)} genres, dropped {dropped} of rarer genres"
    )


def kept_genres(genres: Iterable[Iterable[str]], min_films: int) -> dict[str, float]:
    """Return the films of each kept genre, most first, a film of k kept genres counting 1/k.

    ``genres`` holds those of each film, none twice. The rarest genre is dropped, and its films
    counted for their others, until every genre has ``min_films``: as many as a random pick would
    give it, whatever the strategy and the seed.
    """
    alike = Counter(map(frozenset, genres))  # films of the same genres
    kept = set().union(*alike)
    while True:
        films_of = dict.fromkeys(sorted(kept), 0.0)
        for some, films in alike.items():
            for genre in (left := some & kept):
                films_of[genre] += films / len(left)
        # sums of thirds, in any order
        ranked = sorted(films_of, key=lambda genre: -round(films_of[genre], 6))
        if not ranked or round(films_of[ranked[-1]], 6) >= min_films:
            return {genre: round(films_of[genre], 6) for genre in ranked}
        kept.remove(ranked[-1])


def kept_labels(genres: Iterable[Iterable[str]], kept: Collection[str]) -> list[list[str]]:
    """Return those of each film's ``genres`` that are ``kept``, in their order."""
    return [[genre for genre in some if genre in kept] for some in genres]


def choose_label(
    labels: list[str], film: str, strategy: str, films_of: Mapping[str, float], seed: int
) -> str:
    """Return the one of ``labels`` that stands for ``film``; ``all`` draws one too, for the scores.

    A draw is the label with the smallest hash: it changes only when that label goes, or a new one
    comes first.
    """
    if strategy == "first":
        return labels[0]
    if strategy == "rarest":
        return min(labels, key=lambda genre: (films_of[genre], genre))
    return min(labels, key=lambda genre: unit_hash(seed, "label", f"{film}/{genre}"))


if __name__ == "__main__":
    run_stage(main, "label")
