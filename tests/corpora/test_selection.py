"""Films are kept, dropped and counted as set, in every corpus."""

import pytest

from imdb_genres.corpora.base import Film, Report, group_by_film
from imdb_genres.corpora.selection import choose_plots, filter_films

FILMS = [
    Film("a", "Tide", 1931, "A ferry sinks.", ("War",)),
    Film("a", "Tide", 1931, "A ferry sinks slowly.", ("War",)),
    Film("a", "Tide", 1931, "It sinks.", ("War",)),
    Film("b", "Żuk", None, "A beetle wins.", ("Comedy", "War")),
]


def test_films_without_genre_or_words_are_dropped_and_counted() -> None:
    report = Report()
    others = [Film("c", "", None, "Text.", ()), Film("d", "", None, " \n", ("War",))]
    kept = filter_films([*FILMS, *others], 3, report)
    assert [film.text for film in kept] == [FILMS[0].text, FILMS[1].text, FILMS[3].text]
    assert report.dropped == {"no genre": 1, "too short": 2}
    assert not list(filter_films(others, 0, report))


@pytest.mark.parametrize(
    ("plots", "texts"),
    [
        ("all", ["A ferry sinks.", "A ferry sinks slowly.", "It sinks."]),
        ("longest", ["A ferry sinks slowly."]),
        ("first", ["A ferry sinks."]),
        ("joined", ["A ferry sinks. A ferry sinks slowly. It sinks."]),
    ],
)
def test_descriptions_of_a_film_are_chosen(plots: str, texts: list[str]) -> None:
    chosen = list(choose_plots(FILMS, plots))
    assert [film.text for film in chosen] == [*texts, "A beetle wins."]
    assert all(film.genres == ("War",) for film in chosen[:-1])


def test_descriptions_of_one_film_come_together_with_all_its_genres() -> None:
    report = Report()
    films = list(
        group_by_film([FILMS[0], FILMS[3], FILMS[1]._replace(genres=("Drama",)), FILMS[0]], report)
    )
    assert [film.film for film in films] == ["a", "a", "b"]
    assert films[0].genres == films[1].genres == ("War", "Drama")
    assert report.dropped == {"repeated text": 1}
