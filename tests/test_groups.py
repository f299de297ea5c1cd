"""Films alike in text, or in title and year, are found and named after one of their own."""

import random

import pandas as pd
import pytest

from stages.alike.groups import alike, group_films

WORDS = [f"word{n}" for n in range(500)]


def text(seed: int, words: int = 60) -> list[str]:
    return random.Random(seed).choices(WORDS, k=words)


def frame(**texts: str) -> pd.DataFrame:
    films = list(texts)
    return pd.DataFrame({"film": films, "title": films, "year": 1999, "text": texts.values()})


def test_copies_and_light_edits_are_one_group() -> None:
    original = text(1)
    edited = [*original[:20], "another", "verb", *original[22:]]
    films = frame(
        c=" ".join(original), a=" ".join(edited), b=", ".join(original).upper(), d=" ".join(text(2))
    )
    assert group_films(films).to_dict() == {"a": "a", "b": "a", "c": "a", "d": "d"}


def test_half_a_shared_text_is_no_copy() -> None:
    left, right = text(1), text(2)
    films = frame(a=" ".join(left), b=" ".join(left[:25] + right[25:]))
    assert group_films(films).to_dict() == {"a": "a", "b": "b"}


def test_one_title_and_year_is_one_group_whatever_the_case() -> None:
    films = frame(a="one", b="two", c="three", d="four")
    films["title"] = ["Tide", "TIDE", "Tide", "Tide"]
    films["year"] = [1931, 1931, 1960, None]
    assert group_films(films).to_dict() == {"a": "a", "b": "a", "c": "c", "d": "d"}


def test_unknown_years_are_equal_and_missing_titles_are_not() -> None:
    films = frame(a="one", b="two", c="three", d="four")
    films["title"] = ["Tide", "Tide", "", ""]
    films["year"] = None
    assert group_films(films).to_dict() == {"a": "a", "b": "a", "c": "c", "d": "d"}


def test_any_description_of_a_film_ties_it() -> None:
    films = pd.DataFrame(
        {
            "film": ["b", "b", "a", "c"],
            "title": list("bbac"),
            "year": 1999,
            "text": [" ".join(text(n)) for n in (1, 2, 2, 1)],
        }
    )
    assert group_films(films).to_dict() == {"a": "a", "b": "a", "c": "a"}


def test_a_group_does_not_depend_on_other_films_or_their_order() -> None:
    films = frame(**{f"film{n}": " ".join(text(n // 2)) for n in range(40)})
    whole = group_films(films)
    assert whole.nunique() == 20
    shuffled = films.sample(frac=1, random_state=1)
    assert group_films(shuffled).sort_index().equals(whole.sort_index())
    assert group_films(films[10:20]).equals(whole[10:20])


@pytest.mark.parametrize(("shared", "found"), [(1.0, 1.0), (0.9, 0.99), (0.8, 0.9), (0.3, 0.0)])
def test_pairs_are_found_by_what_they_share(shared: float, found: float) -> None:
    texts = []
    for n in range(200):
        kept = round(100 * 2 * shared / (1 + shared))  # words, for a Jaccard of ``shared``
        texts += [text(2 * n, 102), text(2 * n, 102)[: kept + 2] + text(2 * n + 1, 100 - kept)]
    pairs = alike(" ".join(words) for words in texts)
    assert all(left // 2 == right // 2 for left, right in pairs)
    assert len(pairs) / 200 >= found
    assert found or not len(pairs)


def test_texts_without_words_and_of_one_word() -> None:
    assert alike(["...", "!", "Tide", "tide."]).tolist() == [[0, 1], [2, 3]]
