"""Selects the genres that are classes, and the single label that represents a film."""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import chain

from imdb_genres.hashing import unit_hash

GenreSets = Counter[frozenset[str]]  # the number of films with just these genres


def count_genre_sets(genres: Iterable[Iterable[str]]) -> GenreSets:
    """Return how many films have the same genres; ``genres`` holds those of each film."""
    return Counter(map(frozenset, genres))


def select_genres(genre_sets: GenreSets, min_films: int) -> dict[str, float]:
    """Return the films of each kept genre, most first, a film of k kept genres counting 1/k.

    The rarest genre is dropped, and its films counted for their others, until every genre has
    ``min_films``: as many as a random pick gives it in expectation, for every strategy and seed.
    """
    order = elimination_order(genre_sets)
    start = next((i for i, (films, _) in enumerate(order) if films >= min_films), len(order))
    kept = {genre for _, genre in order[start:]}
    counts = dict.fromkeys(sorted(kept), 0.0)
    for genres, films in genre_sets.items():
        for genre in (left := genres & kept):
            counts[genre] += films / len(left)
    rounded = {genre: round(films, 6) for genre, films in counts.items()}  # thirds, in any order
    return dict(sorted(rounded.items(), key=lambda item: -item[1]))


def elimination_order(genre_sets: GenreSets) -> list[tuple[float, str]]:
    """Return the genres in the order in which they are dropped, with the films each then has.

    Of equally rare genres the one whose name is later goes first.
    """
    names = sorted(set(chain.from_iterable(genre_sets)), reverse=True)
    rank = {name: position for position, name in enumerate(names)}
    unit = math.lcm(*range(1, 1 + max(map(len, genre_sets), default=1)))  # shares are whole numbers
    left = [(set(genres), films * unit) for genres, films in genre_sets.items()]
    sets_with, films_of = defaultdict(list), dict.fromkeys(names, 0)
    for genres, films in left:
        for genre in genres:
            sets_with[genre].append((genres, films))
            films_of[genre] += films // len(genres)
    heap = [(films, rank[genre], genre) for genre, films in films_of.items()]
    heapq.heapify(heap)
    order: list[tuple[float, str]] = []
    while heap:
        films, _, genre = heapq.heappop(heap)
        if films != films_of.get(genre):
            continue  # it has gained films since
        order.append((films / unit, genre))
        del films_of[genre]
        gaining = set()
        for genres, count in sets_with[genre]:
            genres.remove(genre)
            for other in genres:
                films_of[other] += count // len(genres) - count // (len(genres) + 1)
                gaining.add(other)
        for other in gaining:
            heapq.heappush(heap, (films_of[other], rank[other], other))
    return order


def workable_minimums(genre_sets: GenreSets) -> dict[int, int]:
    """Return each ``min_films`` that keeps two genres or more, largest first, with their number.

    Of the values that keep the same genres only the largest is among them.
    """
    order = elimination_order(genre_sets)
    minimums: dict[int, int] = {}
    for position, (films, _) in enumerate(order[:-1]):
        if int(films) > max(minimums, default=0):
            minimums[int(films)] = len(order) - position
    return dict(reversed(minimums.items()))


def filter_labels(genres: Iterable[Iterable[str]], kept: Collection[str]) -> list[list[str]]:
    """Return those of each film's ``genres`` that are ``kept``, in their order."""
    return [[genre for genre in of_film if genre in kept] for of_film in genres]


def choose_label(
    labels: list[str], film: str, strategy: str, counts: Mapping[str, float], seed: int
) -> str:
    """Return the one of ``labels`` that represents ``film``; ``all`` draws one too, for the scores.

    A draw is the label with the smallest hash: it changes only when that label goes, or a new one
    comes first.
    """
    if strategy == "first":
        return labels[0]
    if strategy == "rarest":
        return min(labels, key=lambda genre: (counts[genre], genre))
    return min(labels, key=lambda genre: unit_hash(seed, "label", f"{film}/{genre}"))
