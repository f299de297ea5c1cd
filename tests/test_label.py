"""Genres are kept by expected films, and one stands for each film."""

from collections import Counter
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages import label
from stages.errors import StageError
from stages.label import add_labels, kept_genres, pick
from tests.parameters import params_with

NAMES = ["Comedy", "Crime", "Drama", "War"]
genre_lists = st.lists(
    st.lists(st.sampled_from(NAMES), min_size=1, unique=True), min_size=1, max_size=30
)
FILMS_OF = pd.Series({"Drama": 2.5, "Comedy": 1.5, "War": 0.5})


@pytest.fixture
def genres() -> pd.Series:
    films = {"a": ["Drama", "War"], "b": ["Drama"], "c": ["Comedy"], "d": ["Comedy", "Drama"]}
    return pd.Series(films, name="genres").rename_axis("film")


def series(lists: list[list[str]]) -> pd.Series:
    return pd.Series(lists, name="genres").rename_axis("film")


def frame(lists: list[list[str]]) -> pd.DataFrame:
    return pd.DataFrame({"film": [f"film {n}" for n in range(len(lists))], "genres": lists})


def test_a_film_of_two_genres_counts_half_for_each(genres: pd.Series) -> None:
    assert kept_genres(genres, 0).to_dict() == {"Drama": 2.0, "Comedy": 1.5, "War": 0.5}


def test_a_dropped_genre_leaves_its_films_to_their_others(genres: pd.Series) -> None:
    assert kept_genres(genres, 1).to_dict() == {"Drama": 2.5, "Comedy": 1.5}


def test_three_thirds_are_a_film() -> None:
    lists = [["Comedy", "Drama", "War"]] * 3
    assert kept_genres(series(lists), 1).to_dict() == dict.fromkeys(lists[0], 1.0)


@settings(deadline=None, max_examples=40)
@given(genre_lists, st.integers(1, 10), st.randoms())
def test_every_kept_genre_has_enough_films_in_any_order(
    lists: list[list[str]], min_films: int, random: Random
) -> None:
    films_of = kept_genres(series(lists), min_films)
    kept = [[genre for genre in genres if genre in films_of.index] for genres in lists]
    assert (films_of >= min_films).all()
    assert films_of.sum() == pytest.approx(sum(1 for genres in kept if genres), abs=1e-4)
    assert films_of.is_monotonic_decreasing
    random.shuffle(lists)
    assert kept_genres(series(lists), min_films).equals(films_of)


@settings(deadline=None, max_examples=40)
@given(genre_lists, st.sampled_from(["random", "first", "rarest", "all"]), st.integers(0, 99))
def test_labels_are_the_kept_genres_and_the_label_one_of_them(
    lists: list[list[str]], strategy: str, seed: int
) -> None:
    films = frame(lists)
    films_of = kept_genres(series(lists), 2)
    labelled = add_labels(films, films_of, strategy, seed)
    kept = {film: [g for g in genres if g in films_of] for film, genres in films.to_numpy()}
    assert dict(zip(labelled["film"], labelled["labels"], strict=True)) == {
        film: labels for film, labels in kept.items() if labels
    }
    assert all(one in some for one, some in zip(labelled["label"], labelled["labels"], strict=True))


def test_strategies() -> None:
    labels = ["Drama", "Comedy"]
    assert pick(labels, "d", "first", FILMS_OF, 1) == "Drama"
    assert pick(labels, "d", "rarest", FILMS_OF, 1) == "Comedy"


@pytest.mark.parametrize("strategy", ["random", "all"])
def test_a_draw_is_fair_and_differs_by_seed(strategy: str) -> None:
    for seed in (1, 2):
        drawn = Counter(
            pick(["Drama", "Comedy", "War"], f"film {n}", strategy, FILMS_OF, seed)
            for n in range(3000)
        )
        assert all(900 < count < 1100 for count in drawn.values())
    picks = [
        [pick(["Drama", "War"], f"film {n}", strategy, FILMS_OF, seed) for n in range(100)]
        for seed in (1, 2)
    ]
    assert picks[0] != picks[1]


@given(st.text(), st.lists(st.sampled_from(NAMES), min_size=2, unique=True), st.randoms())
def test_a_draw_depends_on_neither_order_nor_labels_that_lose(
    film: str, labels: list[str], random: Random
) -> None:
    drawn = pick(labels, film, "random", FILMS_OF, 7)
    random.shuffle(labels)
    assert pick(labels, film, "random", FILMS_OF, 7) == drawn
    loser = next(genre for genre in labels if genre != drawn)
    labels.remove(loser)
    assert pick(labels, film, "random", FILMS_OF, 7) == drawn


def write_films(genres: list[list[str]]) -> None:
    Path("data").mkdir()
    frame(genres).to_parquet("data/films.parquet")


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
    with pytest.raises(StageError, match=sentence):
        label.main(params_with({"label.min_films": min_films}))
    assert [path.name for path in Path("data").iterdir()] == ["films.parquet"]
