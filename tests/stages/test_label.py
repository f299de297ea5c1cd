"""Genres are kept by expected films, and one stands for each film."""

from collections import Counter
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imdb_genres.errors import UserError
from stages import label
from stages.label import choose_label, kept_genres, kept_labels
from tests.support.params import params_with

NAMES = ["Comedy", "Crime", "Drama", "War"]
genre_lists = st.lists(
    st.lists(st.sampled_from(NAMES), min_size=1, unique=True), min_size=1, max_size=30
)
FILMS_OF = {"Drama": 2.5, "Comedy": 1.5, "War": 0.5}
FOUR = [["Drama", "War"], ["Drama"], ["Comedy"], ["Comedy", "Drama"]]


def test_a_film_of_two_genres_counts_half_for_each() -> None:
    assert kept_genres(FOUR, 0) == {"Drama": 2.0, "Comedy": 1.5, "War": 0.5}


def test_a_dropped_genre_leaves_its_films_to_their_others() -> None:
    assert kept_genres(FOUR, 1) == {"Drama": 2.5, "Comedy": 1.5}


def test_three_thirds_are_a_film() -> None:
    lists = [["Comedy", "Drama", "War"]] * 3
    assert kept_genres(lists, 1) == dict.fromkeys(lists[0], 1.0)


def test_of_equally_rare_genres_the_later_name_goes() -> None:
    assert list(kept_genres([["War"], ["Crime"], ["Drama"], ["Drama"]], 2)) == ["Drama"]
    assert list(kept_genres([["War", "Crime"], ["Drama"]], 1)) == ["Crime", "Drama"]


@settings(deadline=None, max_examples=40)
@given(genre_lists, st.integers(1, 10), st.randoms())
def test_every_kept_genre_has_enough_films_in_any_order(
    lists: list[list[str]], min_films: int, random: Random
) -> None:
    films_of = kept_genres(lists, min_films)
    films = list(films_of.values())
    assert all(count >= min_films for count in films)
    assert sum(films) == pytest.approx(sum(map(bool, kept_labels(lists, films_of))), abs=1e-4)
    assert films == sorted(films, reverse=True)
    random.shuffle(lists)
    assert list(kept_genres(lists, min_films).items()) == list(films_of.items())


def test_labels_are_the_kept_genres_in_the_film_s_order() -> None:
    assert kept_labels(FOUR, ["Comedy", "War"]) == [["War"], [], ["Comedy"], ["Comedy"]]
    assert kept_labels([["War", "Drama", "Crime"]], {"Crime": 2.0, "War": 1.0}) == [
        ["War", "Crime"]
    ]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from(sorted(FILMS_OF)), min_size=1, unique=True),
    st.sampled_from(["random", "first", "rarest", "all"]),
    st.integers(0, 99),
)
def test_the_label_is_one_of_the_labels(labels: list[str], strategy: str, seed: int) -> None:
    assert choose_label(labels, "film", strategy, FILMS_OF, seed) in labels


def test_strategies() -> None:
    labels = ["Drama", "Comedy"]
    assert choose_label(labels, "d", "first", FILMS_OF, 1) == "Drama"
    assert choose_label(labels, "d", "rarest", FILMS_OF, 1) == "Comedy"


@pytest.mark.parametrize("strategy", ["random", "all"])
def test_a_draw_is_fair_and_differs_by_seed(strategy: str) -> None:
    for seed in (1, 2):
        drawn = Counter(
            choose_label(["Drama", "Comedy", "War"], f"film {n}", strategy, FILMS_OF, seed)
            for n in range(3000)
        )
        assert all(900 < count < 1100 for count in drawn.values())
    picks = [
        [choose_label(["Drama", "War"], f"film {n}", strategy, FILMS_OF, seed) for n in range(100)]
        for seed in (1, 2)
    ]
    assert picks[0] != picks[1]


@given(st.text(), st.lists(st.sampled_from(NAMES), min_size=2, unique=True), st.randoms())
def test_a_draw_depends_on_neither_order_nor_labels_that_lose(
    film: str, labels: list[str], random: Random
) -> None:
    drawn = choose_label(labels, film, "random", FILMS_OF, 7)
    random.shuffle(labels)
    assert choose_label(labels, film, "random", FILMS_OF, 7) == drawn
    loser = next(genre for genre in labels if genre != drawn)
    labels.remove(loser)
    assert choose_label(labels, film, "random", FILMS_OF, 7) == drawn


def write_films(genres: list[list[str]]) -> None:
    Path("data").mkdir()
    films = [f"film {n}" for n in range(len(genres))]
    pd.DataFrame({"film": films, "genres": genres}).to_parquet("data/films.parquet")


def test_descriptions_without_a_kept_genre_are_dropped_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_films([["Drama"], ["War"], ["Comedy", "War"], ["Drama"], ["Comedy"]])
    label.main(params_with({"label.min_films": 2}))
    labelled = pd.read_parquet("data/labelled.parquet")
    assert labelled["film"].tolist() == ["film 0", "film 2", "film 3", "film 4"]
    assert labelled["label"].tolist() == ["Drama", "Comedy", "Drama", "Comedy"]
    assert "4 descriptions in 2 genres, dropped 1 of rarer genres" in capsys.readouterr().out


@pytest.mark.parametrize(("min_films", "left"), [(2, 1), (9, 0)])
def test_fewer_than_two_genres_are_told(
    min_films: int, left: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_films([["Drama"], ["Drama"], ["War"]])
    sentence = f"label.min_films: {min_films} leaves {left} of the corpus's 2 genres; two or more"
    with pytest.raises(UserError, match=sentence):
        label.main(params_with({"label.min_films": min_films}))
    assert [path.name for path in Path("data").iterdir()] == ["films.parquet"]
