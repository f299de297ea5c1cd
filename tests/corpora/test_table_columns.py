"""Columns are found by name or among the usual names; otherwise the message lists them."""

from typing import Any

import pytest

from imdb_genres.corpora.table_columns import Columns, find_columns
from imdb_genres.errors import UserError
from tests.support.params import params_with


def find(columns: str, **options: Any) -> Columns:
    changes = {f"parse.table.{name}": value for name, value in options.items()}
    return find_columns("films.csv", columns.split(","), params_with(changes).parse.table)


@pytest.mark.parametrize(
    ("columns", "title", "year", "text", "genres"),
    [
        ("title,year,text,genres", "title", "year", "text", "genres"),
        ("Release Year,Title,Origin,Genre,Plot", "Title", "Release Year", "Plot", "Genre"),
        ("show_id,type,title,release_year,listed_in,description", "title", "release_year",
         "description", "listed_in"),
        ("Series_Title,Released_Year,Overview,Genre", "Series_Title", "Released_Year",
         "Overview", "Genre"),
        ("genres,id,original_title,overview,release_date", "original_title", "release_date",
         "overview", "genres"),
        ("plot,genre", None, None, "plot", "genre"),
    ],
)  # fmt: skip
def test_usual_names_are_found(
    columns: str, title: str | None, year: str | None, text: str, genres: str
) -> None:
    found = find(columns)
    assert (found.title, found.year, found.text) == (title, year, text)
    assert (found.film, found.genres) == (None, (genres,))


def test_of_several_usual_names_the_others_are_reported() -> None:
    columns = find("overview,plot,title,genres")
    assert columns.text == "plot"
    assert columns.unused["text"] == ["overview"]
    assert "not from 'overview'" in str(columns)


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ("name,Plots,kind", {"text": "plot"},
         r"no column 'plot' \(parse.table.text\) \(did you mean 'Plots'\?\); it has: name, Plots"),
        ("name,story,genre", {}, r"no column with a usual name for text .* one of: name, story"),
        ("plot,genres,genres", {}, r"2 columns named 'genres' \(parse.table.genres\)"),
        ("plot,genre,kind", {"where": {"Kind": "Movie"}}, r"'Kind' .*did you mean 'kind'"),
        ("plot,g1", {"genres": ["g1", "g2"]}, r"no column 'g2' \(parse.table.genres\)"),
        ("1,Tide,drama", {}, "no header line, name its columns in parse.table.columns"),
    ],
)  # fmt: skip
def test_a_column_that_is_missing_or_repeated_is_reported(
    columns: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        find(columns, **options)
