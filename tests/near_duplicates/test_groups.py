"""Films with nearly the same text, or with the same title and year, form a group."""

import random
import tracemalloc
from collections.abc import Iterable, Sequence

import numpy as np
import pytest

from imdb_genres.near_duplicates import minhash
from imdb_genres.near_duplicates.groups import find_near_duplicates, group_films, work_id

FOUR = {"a": "one", "b": "two", "c": "three", "d": "four"}
WORDS = [f"word{n}" for n in range(500)]


def text(seed: int, words: int = 60) -> list[str]:
    return random.Random(seed).choices(WORDS, k=words)


def group(
    films: Sequence[str], titles: Sequence[str], years: Sequence[int | None], texts: Iterable[str]
) -> dict[str, str]:
    """Return the key of each film's group."""
    keys, codes = np.unique(films, return_inverse=True)
    works = np.array([work_id(*work) for work in zip(titles, years, strict=True)], np.uint64)
    groups = group_films(codes, works, texts)
    return dict(zip(keys.tolist(), keys[groups].tolist(), strict=True))


def groups_of(
    texts: dict[str, str], titles: Sequence[str] = (), years: Sequence[int | None] = ()
) -> dict[str, str]:
    films = list(texts)
    return group(films, titles or films, years or [1999] * len(films), texts.values())


def test_copies_and_light_edits_are_one_group() -> None:
    original = text(1)
    edited = [*original[:20], "another", "verb", *original[22:]]
    films = {"c": original, "a": edited, "b": [", ".join(original).upper()], "d": text(2)}
    groups = groups_of({film: " ".join(words) for film, words in films.items()})
    assert groups == {"a": "a", "b": "a", "c": "a", "d": "d"}


def test_half_a_shared_text_is_no_copy() -> None:
    left, right = text(1), text(2)
    groups = groups_of({"a": " ".join(left), "b": " ".join(left[:25] + right[25:])})
    assert groups == {"a": "a", "b": "b"}


def test_one_title_and_year_is_one_group_in_upper_and_lower_case() -> None:
    titles, years = ["Tide", "TIDE", "Tide", "Tide"], [1931, 1931, 1960, None]
    groups = groups_of(FOUR, titles, years)
    assert groups == {"a": "a", "b": "a", "c": "c", "d": "d"}


def test_unknown_years_are_equal_and_missing_titles_are_not() -> None:
    titles = ["Tide", "Tide", "", ""]
    groups = groups_of(FOUR, titles, [None] * 4)
    assert groups == {"a": "a", "b": "a", "c": "c", "d": "d"}


def test_one_near_duplicate_description_is_enough_to_group_films() -> None:
    films, texts = ["b", "b", "a", "c"], [" ".join(text(n)) for n in (1, 2, 2, 1)]
    assert group(films, films, [1999] * 4, texts) == {"a": "a", "b": "a", "c": "a"}


def test_a_group_does_not_depend_on_other_films_or_their_order() -> None:
    films = {f"film{n}": " ".join(text(n // 2)) for n in range(40)}
    whole = groups_of(films)
    assert len(set(whole.values())) == 20
    shuffled = random.Random(1).sample(sorted(films.items()), 40)
    assert groups_of(dict(shuffled)) == whole
    some = list(films)[10:20]
    assert groups_of({film: films[film] for film in some}) == {film: whole[film] for film in some}


@pytest.mark.parametrize(("shared", "found"), [(1.0, 1.0), (0.9, 0.99), (0.8, 0.9), (0.3, 0.0)])
def test_pairs_are_found_by_what_they_share(shared: float, found: float) -> None:
    texts = []
    for n in range(200):
        kept = round(100 * 2 * shared / (1 + shared))  # words, for a Jaccard of ``shared``
        texts += [text(2 * n, 102), text(2 * n, 102)[: kept + 2] + text(2 * n + 1, 100 - kept)]
    pairs = find_near_duplicates(" ".join(words) for words in texts)
    assert all(left // 2 == right // 2 for left, right in pairs)
    assert len(pairs) / 200 >= found
    assert found or not len(pairs)


def test_texts_without_words_and_of_one_word() -> None:
    assert find_near_duplicates(["...", "!", "Tide", "tide."]).tolist() == [[0, 1], [2, 3]]


def test_memory_grows_by_less_than_the_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary files hold the signatures, 256 bytes a text."""
    monkeypatch.setattr(minhash, "BATCH_CHARACTERS", 5000)
    number = 8000
    tracemalloc.start()
    try:
        find_near_duplicates(f"a{n} b{n} c{n}" for n in range(number))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 400 * number  # signatures and their concatenation take 512
