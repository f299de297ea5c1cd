"""Genres are kept by expected films, and one stands for each film."""

import pandas as pd
import pytest

from stages.label import kept_genres, pick


@pytest.fixture
def genres() -> pd.Series:
    films = {"a": ["Drama", "War"], "b": ["Drama"], "c": ["Comedy"], "d": ["Comedy", "Drama"]}
    return pd.Series(films, name="genres").rename_axis("film")


def test_a_film_of_two_genres_counts_half_for_each(genres: pd.Series) -> None:
    assert kept_genres(genres, 0).to_dict() == {"Drama": 2.0, "Comedy": 1.5, "War": 0.5}


def test_a_dropped_genre_leaves_its_films_to_their_others(genres: pd.Series) -> None:
    assert kept_genres(genres, 1).to_dict() == {"Drama": 2.5, "Comedy": 1.5}


def test_strategies() -> None:
    weights = pd.Series({"Drama": 2.5, "Comedy": 1.5})
    labels = ["Drama", "Comedy"]
    assert pick(labels, "d", "first", weights, 1) == "Drama"
    assert pick(labels, "d", "rarest", weights, 1) == "Comedy"
    drawn = [pick(labels, f"film {n}", "random", weights, 1) for n in range(1000)]
    assert 420 < drawn.count("Drama") < 580


def test_a_random_pick_ignores_the_order_of_genres() -> None:
    weights = pd.Series({"Drama": 2.5, "Comedy": 1.5})
    for film in map(str, range(50)):
        assert pick(["Drama", "Comedy"], film, "random", weights, 1) == pick(
            ["Comedy", "Drama"], film, "random", weights, 1
        )
