"""The folder model/: everything that turns raw text into genres, and nothing that runs code."""

import shutil
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, PositiveFloat, ValidationError, model_validator

from imdb_genres.errors import UserError
from imdb_genres.io.atomic import atomic_replace, write_json

DESCRIPTION = "model.json"
VOCABULARY = "vocabulary.txt"
WEIGHTS = "network.weights.h5"


class Description(BaseModel):
    """How to rebuild the network, what it reads, and what its numbers mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    architecture: str
    network: dict[str, Any]
    rows: dict[str, Any]
    genres: list[str]
    targets: Literal["label", "soft", "multi-label"]
    temperature: PositiveFloat
    thresholds: list[float]
    frequencies: list[PositiveFloat]

    @model_validator(mode="after")
    def _one_number_a_genre(self) -> Self:
        if {len(self.thresholds), len(self.frequencies)} != {len(set(self.genres))}:
            raise ValueError("thresholds and frequencies must have one number a genre")
        return self


def write_model(folder: Path, network: Any, description: Description, vocabulary: Path) -> None:
    """Write ``folder`` whole or not at all; equal models give equal bytes."""
    with atomic_replace(folder) as temporary:
        temporary.mkdir()
        write_json(temporary / DESCRIPTION, description.model_dump())
        shutil.copyfile(vocabulary, temporary / VOCABULARY)
        network.save_weights(temporary / WEIGHTS)


def read_description(folder: Path) -> Description:
    """Read what ``write_model`` wrote; raise UserError if it is missing or damaged."""
    path = folder / DESCRIPTION
    try:
        return Description.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise UserError(f"{path} is missing: run `dvc repro train`, or `dvc pull model`") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        key = ".".join(map(str, error.errors()[0]["loc"])) or "the whole file"
        raise UserError(f"{path} is damaged at {key}: run `dvc repro train`") from None
