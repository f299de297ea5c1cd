"""Selects the genres that are classes, and the single label that represents a film."""

from collections import Counter
from collections.abc import Mapping
from itertools import chain

import numpy as np

from imdb_genres.errors import UserError, shorten
from imdb_genres.io.parquet import copy_rows, read_columns
from imdb_genres.labels import (
    GenreSets,
    choose_label,
    count_genre_sets,
    filter_labels,
    select_genres,
    workable_minimums,
)
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA
from imdb_genres.stage import run_stage

FILMS = DATA / "films.parquet"
NUM_SHOWN = 30  # genres in one message


def main(params: Params) -> None:
    """Add ``labels`` (the kept genres of a film) and ``label`` (the one that represents it)."""
    films, genres = read_columns(FILMS, "film", "genres")
    # a film's genres are those of its first description
    by_film = dict(zip(reversed(films), reversed(genres), strict=True))
    genre_sets = count_genre_sets(by_film.values())
    counts = select_genres(genre_sets, params.label.min_films)
    if len(counts) < 2:
        raise UserError(explain_too_few(genre_sets, params.label.min_films, len(counts)))
    labels = filter_labels(genres, counts)
    rows = np.flatnonzero([bool(of_row) for of_row in labels])
    chosen = [
        choose_label(labels[row], films[row], params.label.strategy, counts, params.seed)
        for row in rows
    ]
    copy_rows(
        FILMS, DATA / "labelled.parquet", rows, labels=[labels[row] for row in rows], label=chosen
    )
    print_summary(counts, Counter(chain.from_iterable(by_film.values())))
    print(f"label: {len(rows)} descriptions, dropped {len(films) - len(rows)} of rarer genres")


def print_summary(counts: Mapping[str, float], named: Counter[str]) -> None:
    """Print the classes with the films expected of each, and the genres that were dropped."""
    classes = (f"{genre} {round(films):,}" for genre, films in counts.items())
    print(f"label: {len(counts)} genres, films expected of each: {shorten(classes, NUM_SHOWN)}")
    dropped = [f"{genre} {films:,}" for genre, films in named.most_common() if genre not in counts]
    if dropped:
        print(f"label: dropped, with the films that name them: {shorten(dropped, NUM_SHOWN)}")


def explain_too_few(genre_sets: GenreSets, min_films: int, num_kept: int) -> str:
    """Return why there is nothing to classify, and which ``label.min_films`` would work."""
    known = sorted(set(chain.from_iterable(genre_sets)))
    if not (minimums := workable_minimums(genre_sets)):
        return (
            f"fewer than two of the films' genres ({shorten(known)}) have one film or more, where "
            "a film of k genres counts 1/k: add films of other genres"
        )
    step = -(-len(minimums) // 4)
    values = [f"{value} ({kept} genres)" for value, kept in list(minimums.items())[::step]]
    return (
        f"label.min_films: {min_films} keeps {num_kept} of {len(known)} genres; two or more are "
        f"needed. Set label.min_films to {' or '.join(values)}"
    )


if __name__ == "__main__":
    run_stage(main, "label")
