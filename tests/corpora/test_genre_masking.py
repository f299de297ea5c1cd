"""Words are masked where they name a genre, and kept where they belong to the plot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdb_genres.corpora.genre_masking import genre_words, mask_genre_words


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Tide is a 1999 American horror film about a ferry.", "Tide is a 1999 American film about a ferry."),
        ("a crime drama film", "a film"),
        ("a 1940 comedy-drama film", "a 1940 film"),
        ("a Romantic Comedy movie", "a movie"),
        ("a sci-fi, action and adventure film", "a film"),
        ("a science fiction/horror serial", "a serial"),
        ("two war films", "two films"),
        ("a zombie film", "a film"),
        ("a spy thriller set in Ghent", "a set in Ghent"),
        ("It is a 1939 comedy directed by Ada.", "It is a 1939 directed by Ada."),
        ("an animated musical comedy", "an"),
        ("It is a Western.", "It is a."),
        ("a neo-noir", "a"),
        ("Comedy, and a\nthriller\nabout tea", ", and a\nabout tea"),
        ("Thriller about a drama, a drama", "about a, a"),
        ("a horror-drama-like park", "a -like park"),
    ],
)  # fmt: skip
def test_named_genres_are_masked(text: str, masked: str) -> None:
    assert mask_genre_words(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "A spy goes to war to save his family.",
        "Their love of adventure, and a mystery in the family history.",
        "Zombies and an alien invasion, a crime, a romance.",
        "The action of the warlord is a fantasy.",
        "A film about a detective.",
        "Dramatis personae: the westerner and the comedian.",
    ],
)
def test_words_of_the_plot_are_not_masked(text: str) -> None:
    assert mask_genre_words(text) == text


def test_the_words_come_from_the_tables_of_categories() -> None:
    assert {"zombie", "wuxia", "sci-fi", "superhero", "martial"} <= set(genre_words())
    assert not {"film", "of", "bollywood", "silent"} & set(genre_words())


@given(st.text(st.sampled_from("aehm wrofil-,/\n") | st.characters(), max_size=60))
def test_masking_only_removes_characters(text: str) -> None:
    masked = mask_genre_words(text)
    letters = iter(text)
    assert all(letter in letters for letter in masked)
