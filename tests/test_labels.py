"""Genres are kept by expected films, and one label represents each film."""

from collections import Counter
from fractions import Fraction
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imdb_genres.labels import (
    choose_label,
    count_genre_sets,
    filter_labels,
    select_genres,
    workable_minimums,
)

NAMES = ["Comedy", "Crime", "Drama", "War"]
genre_lists = st.lists(
    st.lists(st.sampled_from(NAMES), min_size=1, unique=True), min_size=1, max_size=30
)
COUNTS = {"Drama": 2.5, "Comedy": 1.5, "War": 0.5}
FOUR = [["Drama", "War"], ["Drama"], ["Comedy"], ["Comedy", "Drama"]]


def select(genres: list[list[str]], min_films: int) -> dict[str, float]:
    return select_genres(count_genre_sets(genres), min_films)


def test_a_film_of_two_genres_counts_half_for_each() -> None:
    assert select(FOUR, 0) == {"Drama": 2.0, "Comedy": 1.5, "War": 0.5}


def test_a_dropped_genre_leaves_its_films_to_their_others() -> None:
    assert select(FOUR, 1) == {"Drama": 2.5, "Comedy": 1.5}


def test_three_thirds_are_a_film() -> None:
    lists = [["Comedy", "Drama", "War"]] * 3
    assert select(lists, 1) == dict.fromkeys(lists[0], 1.0)


def test_of_equally_rare_genres_the_last_in_the_alphabet_is_dropped() -> None:
    assert list(select([["War"], ["Crime"], ["Drama"], ["Drama"]], 2)) == ["Drama"]
    assert list(select([["War", "Crime"], ["Drama"]], 1)) == ["Crime", "Drama"]


@settings(max_examples=40)
@given(genre_lists, st.integers(1, 10), st.randoms())
def test_every_kept_genre_has_enough_films_in_any_order(
    lists: list[list[str]], min_films: int, random: Random
) -> None:
    counts = select(lists, min_films)
    films = list(counts.values())
    assert all(count >= min_films for count in films)
    assert sum(films) == pytest.approx(sum(map(bool, filter_labels(lists, counts))), abs=1e-4)
    assert films == sorted(films, reverse=True)
    random.shuffle(lists)
    assert list(select(lists, min_films).items()) == list(counts.items())


def test_labels_are_the_kept_genres_in_the_film_s_order() -> None:
    assert filter_labels(FOUR, ["Comedy", "War"]) == [["War"], [], ["Comedy"], ["Comedy"]]
    assert filter_labels([["War", "Drama", "Crime"]], {"Crime": 2.0, "War": 1.0}) == [
        ["War", "Crime"]
    ]


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(sorted(COUNTS)), min_size=1, unique=True),
    st.sampled_from(["random", "first", "rarest", "all"]),
    st.integers(0, 99),
)
def test_the_label_is_one_of_the_labels(labels: list[str], strategy: str, seed: int) -> None:
    assert choose_label(labels, "film", strategy, COUNTS, seed) in labels


def test_the_strategy_chooses_the_first_or_the_rarest_label() -> None:
    labels = ["Drama", "Comedy"]
    assert choose_label(labels, "d", "first", COUNTS, 1) == "Drama"
    assert choose_label(labels, "d", "rarest", COUNTS, 1) == "Comedy"


@pytest.mark.parametrize("strategy", ["random", "all"])
def test_a_draw_is_fair_and_differs_by_seed(strategy: str) -> None:
    for seed in (1, 2):
        drawn = Counter(
            choose_label(["Drama", "Comedy", "War"], f"film {n}", strategy, COUNTS, seed)
            for n in range(3000)
        )
        assert all(900 < count < 1100 for count in drawn.values())
    picks = [
        [choose_label(["Drama", "War"], f"film {n}", strategy, COUNTS, seed) for n in range(100)]
        for seed in (1, 2)
    ]
    assert picks[0] != picks[1]


@given(st.text(), st.lists(st.sampled_from(NAMES), min_size=2, unique=True), st.randoms())
def test_a_draw_depends_on_neither_order_nor_labels_that_lose(
    film: str, labels: list[str], random: Random
) -> None:
    drawn = choose_label(labels, film, "random", COUNTS, 7)
    random.shuffle(labels)
    assert choose_label(labels, film, "random", COUNTS, 7) == drawn
    loser = next(genre for genre in labels if genre != drawn)
    labels.remove(loser)
    assert choose_label(labels, film, "random", COUNTS, 7) == drawn


def select_one_by_one(genres: list[list[str]], min_films: int) -> list[str]:
    """Return the kept genres by the definition: count anew after each genre that is dropped."""
    kept = sorted({genre for of_film in genres for genre in of_film})
    while kept:
        left = [[genre for genre in of_film if genre in kept] for of_film in genres]
        counts = dict.fromkeys(kept, Fraction())
        for of_film in left:
            for genre in of_film:
                counts[genre] += Fraction(1, len(of_film))
        kept.sort(key=lambda genre: (-counts[genre], genre))
        if counts[kept[-1]] >= min_films:
            return kept
        kept.pop()
    return kept


@settings(max_examples=60)
@given(genre_lists, st.integers(1, 10))
def test_the_genres_are_those_of_the_definition(lists: list[list[str]], min_films: int) -> None:
    assert list(select(lists, min_films)) == select_one_by_one(lists, min_films)


@settings(max_examples=40)
@given(genre_lists)
def test_every_minimum_that_is_proposed_keeps_so_many_genres(lists: list[list[str]]) -> None:
    minimums = workable_minimums(count_genre_sets(lists))
    assert list(minimums) == sorted(minimums, reverse=True)
    for min_films, genres in minimums.items():
        assert len(select(lists, min_films)) == genres >= 2
        assert len(select(lists, min_films + 1)) < genres
    largest = max(minimums, default=0)
    assert len(select(lists, largest + 1)) < 2


def test_thousands_of_genres_take_no_time() -> None:
    genres = [[f"genre {n}", f"genre {n + 1}", "Drama"] for n in range(5000)]
    started = process_time()
    assert list(select(genres, 200)) == ["Drama"]
    assert process_time() - started < 2
