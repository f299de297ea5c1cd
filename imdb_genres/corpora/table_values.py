"""Typed values of a table's cells: keys, titles, texts, years; ValueError for invalid ones."""

import re
from collections.abc import Mapping
from datetime import date
from reprlib import repr as brief
from typing import Any

from imdb_genres.corpora.genre_lists import is_null
from imdb_genres.corpora.genre_names import is_placeholder

TableRow = Mapping[str, Any]  # cells by column name

NULL_TEXTS = {
    "",
    "\\N",
    "nan",
    "NaN",
    "NaT",
    "<NA>",
    "NULL",
    "null",
    "N/A",
    "n/a",
}  # as tools write them
NO_YEAR = {"na", "n/a", "n.a.", "none", "unknown", "tba", "tbd", "-", "--", "?", "????"}
YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
WHOLE_FLOAT = re.compile(r"(-?\d+)\.0+")


def to_text(value: object, column: str) -> str:
    """Return a text unchanged, "" for a missing one."""
    if is_null(value):
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{column} is {brief(value)}, expected a text")
    return "" if value in NULL_TEXTS or is_placeholder(value) else value


def to_name(value: object) -> str:
    """Return a title, a key or another short value as text: "7" for 7, "7" and 7.0; "" if missing."""
    if is_null(value):
        return ""
    if isinstance(value, dict | list):
        raise ValueError(f"{brief(value)}, expected a text or a number")
    text = str(value).strip()
    if whole := WHOLE_FLOAT.fullmatch(text):
        return whole[1]
    return "" if text in NULL_TEXTS else text


def to_names(value: object) -> list[str]:
    """Return the short values of a list, or the only one of another cell, as ``to_name`` does."""
    return [to_name(item) for item in (value if isinstance(value, list) else [value])]


def to_year(value: object, column: str) -> int | None:
    """Return the first year in a number, a date or a text; None for a missing one."""
    text = to_name(value)
    if not text or text.lower() in NO_YEAR:
        return None
    if re.fullmatch(r"\d{8}", text):  # 19990501, an ISO date too
        try:
            return date.fromisoformat(text).year
        except ValueError:
            pass
    elif year := YEAR.search(text):
        return int(year[0])
    raise ValueError(
        f"the year ({column}) is {brief(value)}, expected one such as 1999, a date, or nothing"
    )
