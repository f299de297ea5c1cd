"""Genres are read in every spelling that tools write, and never invented."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdb_genres.corpora.genre_lists import guess_separator, split_genres


@pytest.mark.parametrize(
    "cell",
    [
        ["Drama", "War"],
        "Drama,War",
        " Drama ,, War ",
        '"Drama", "War"',
        '["Drama", "War"]',
        " ['Drama', 'War']",
        "[u'Drama', u'War']",
        "['Drama' 'War']",
        "['Drama'\n 'War']",
        "array(['Drama', 'War'], dtype=object)",
        "('Drama','War')",
        "{'Drama', 'War'}",
        "frozenset({'Drama', 'War'})",
        "{Drama,War}",
        '{Drama,"War",NULL}',
        "[Drama, War]",
        '"[\\"Drama\\", \\"War\\"]"',
        '[{"id": 18, "name": "Drama"}, {"id": 10752, "name": "War"}]',
        "[{'id': 18, 'name': 'Drama'}, {'id': 10752, 'name': 'War'}]",
        [{"name": "Drama"}, {"name": None}, {"name": "War"}],
        '["Drama", null, "War", NaN]',
        "['Drama', nan, 'War', None]",
        "['Drama' nan 'War' None]",
        ["Drama", None, float("nan"), "War"],
    ],
    ids=str,
)
def test_two_genres_in_every_spelling(cell: object) -> None:
    assert split_genres(cell, ",") == ["Drama", "War"]


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (r'["Sci-Fi \/ Fantasy"]', "Sci-Fi / Fantasy"),
        (r'["\ud83d\ude00"]', "\N{GRINNING FACE}"),
        ('{"Sci-Fi, Fantasy"}', "Sci-Fi, Fantasy"),
        ("['Children\\'s']", "Children's"),
        ('["Children\'s"]', "Children's"),
        ("{'name': 'Drama'}", "Drama"),
        ("'Til Dawn", "'Til Dawn"),
        ("Drama (TV)", "Drama (TV)"),
    ],
)
def test_one_genre_stays_whole(cell: str, name: str) -> None:
    assert split_genres(cell, ",") == [name]


@pytest.mark.parametrize(
    "cell", [None, float("nan"), "", "[]", "{}", "()", "set()", "{NULL}", "[nan]", [], [None]]
)
def test_no_genre_in_every_spelling(cell: object) -> None:
    assert split_genres(cell, ",") == []


@pytest.mark.parametrize(
    "cell",
    ["[War", "['Drama", "['Drama' 'War', 'Crime']", "('Drama' 'War')", "[1, 2]", 5, [5], [["War"]]],
)
def test_a_cell_without_names_is_malformed(cell: object) -> None:
    with pytest.raises(ValueError, match=r"is not one|expected a name"):
        split_genres(cell, ",")


def test_the_name_of_an_object_is_under_another_key_where_asked() -> None:
    cell = '[{"id": 18, "title": "Drama"}]'
    assert split_genres(cell, ",", name_key="title") == ["Drama"]
    with pytest.raises(ValueError, match=r"'name' \(parse.table.name_key\)"):
        split_genres(cell, ",")


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        (["War", "Drama, War"], ","),
        (["Drama|War", "Kids, Family|War", "Kids, Family", "War|Crime"], "|"),
        (["Drama;War"], ";"),
        (["['a', 'b']", '["a", "b"]', "{a,b}", "a|b", None, 5], "|"),
        ([], ","),
    ],
)
def test_the_separator_that_most_cells_hold_is_taken(cells: list[Any], separator: str) -> None:
    assert guess_separator(cells) == separator


@given(st.text(st.sampled_from("[]{}()'\"\\,| nulNaN1a:") | st.characters(), max_size=40))
def test_every_text_is_names_or_malformed(cell: str) -> None:
    try:
        names = split_genres(cell, ",")
    except ValueError:
        return
    assert all(isinstance(name, str) and name for name in names)


@pytest.mark.parametrize(
    "cell", ["[" * 9000, "(" * 9000, "{" * 9000, "['" + "a" * 90_000, "'" * 9001]
)
def test_hostile_cells_end_soon(cell: str) -> None:
    with suppress(ValueError):
        split_genres(cell, ",")
