"""Spellings of one genre are one genre, named by the most frequent spelling."""

import pytest

from imdb_genres.corpora.genre_names import GenreSpellings, clean_name, is_placeholder


@pytest.mark.parametrize(
    "spellings",
    [
        ["Drama", "drama", "DRAMA"],
        ["Com\u00e9die", "Come\u0301die"],
        ["Sci-Fi", "Sci\u2011Fi", "Sci\u2013Fi", "Sci-Fi\u200b", "\ufeffSci-Fi"],
        ["Film Noir", "Film\u00a0Noir", "Film  noir"],
        ["Drama", "\uff24\uff52\uff41\uff4d\uff41"],
        ["Straße", "STRASSE"],
    ],
    ids=lambda spellings: spellings[0],
)
def test_variants_are_one_genre(spellings: list[str]) -> None:
    genres = GenreSpellings()
    assert len({genres.add(spelling) for spelling in spellings}) == 1


def test_different_genres_stay_apart() -> None:
    genres = GenreSpellings()
    names = ["Sci-Fi", "SciFi", "Music", "Musical", "Kids & Family", "Kids"]
    assert len({genres.add(name) for name in names}) == len(names)
    assert genres.variants() == {}


def test_the_most_frequent_spelling_names_the_genre() -> None:
    genres = GenreSpellings()
    key, *_ = [genres.add(name) for name in ["DRAMA", "drama", "drama", "War"]]
    assert genres.name(key) == "drama"
    assert genres.variants() == {"drama": ["DRAMA"]}
    assert genres.names() == {"drama": 3, "War": 1}


def test_a_name_is_shown_without_what_cannot_be_seen() -> None:
    assert clean_name(" Sci\u2011Fi\u200b \u00a0x ") == "Sci-Fi x"


@pytest.mark.parametrize(
    "name", ["(no genres listed)", "N/A", "\\N", "unknown", "nan", "None", "-", "", " n/a "]
)
def test_placeholders_are_no_genres(name: str) -> None:
    assert is_placeholder(name)
    assert not is_placeholder("Drama")
