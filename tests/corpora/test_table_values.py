"""Cells become keys, texts and years; invalid ones are malformed."""

from datetime import date, datetime
from typing import Any

import pytest

from imdb_genres.corpora.table_values import to_name, to_text, to_year

MISSING = [None, float("nan"), "", "\\N", "NaN", "N/A"]


@pytest.mark.parametrize(
    "value",
    [1999, 1999.0, "1999", " 1999.0 ", "1999-05-01", "1999-05-01T00:00:00Z", "05/01/1999",
     "1 May 1999", "19990501", "(1999)", "1999–2003", "1999 (USA)", date(1999, 5, 1),
     datetime(1999, 5, 1, 12)],
    ids=str,
)  # fmt: skip
def test_a_year_is_read_from_numbers_and_dates(value: object) -> None:
    assert to_year(value, "made") == 1999


@pytest.mark.parametrize("value", [*MISSING, "unknown", "????"], ids=str)
def test_a_missing_year_is_none(value: object) -> None:
    assert to_year(value, "made") is None


@pytest.mark.parametrize(
    "value", ["soon", 1, 99, "5/1/99", 925516800000, "19991399", True], ids=str
)
def test_a_value_that_is_not_a_year_is_malformed(value: object) -> None:
    with pytest.raises(ValueError, match=r"the year \(made\) is"):
        to_year(value, "made")


@pytest.mark.parametrize(
    ("value", "name"),
    [(0, "0"), (7, "7"), (7.0, "7"), ("7.0", "7"), ("007", "007"), (" Tide ", "Tide"), ("7.5", "7.5"),
     *((value, "") for value in MISSING)],
)  # fmt: skip
def test_numbers_and_texts_are_one_name(value: Any, name: str) -> None:
    assert to_name(value) == name


@pytest.mark.parametrize("value", [{"0": "A"}, ["A"]], ids=str)
def test_lists_and_objects_are_no_values(value: object) -> None:
    for read in (to_name, lambda cell: to_text(cell, "plot"), lambda cell: to_year(cell, "made")):
        with pytest.raises(ValueError, match="expected"):
            read(value)


def test_a_text_stays_as_it_is() -> None:
    assert to_text(" A ferry.\n", "plot") == " A ferry.\n"
    assert all(to_text(value, "plot") == "" for value in [*MISSING, "unknown"])
    assert to_name("Unknown") == "Unknown"  # a film
    with pytest.raises(ValueError, match="plot is 5, expected a text"):
        to_text(5, "plot")
