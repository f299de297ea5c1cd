"""Where the downloaded weights of pretrained encoders are."""

import json
from pathlib import Path

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError, did_you_mean
from imdb_genres.hashing import short_hash
from imdb_genres.params.sources import EncoderSource, read_sources

CONFIG, WEIGHTS = "config.json", "model.safetensors"


def encoder_source(name: str) -> EncoderSource:
    """Return an encoder's entry in sources.yaml; raise UserError if it has none."""
    encoders = read_sources().encoders
    if name not in encoders:
        raise UserError(
            f"train.encoder.weights is {name!r}, which sources.yaml has no encoder for"
            f"{did_you_mean(name, encoders)}; known: {', '.join(encoders)}"
        )
    return encoders[name]


def encoder_folder(name: str) -> Path:
    """Return the folder of an encoder's files, which may not exist yet; one for each version of it.

    It is in the main checkout, so that DVC's temporary workspaces share it.
    """
    source = json.dumps(encoder_source(name).model_dump(), sort_keys=True)
    return repository_root() / ".dvc" / "tmp" / "encoders" / f"{name}-{short_hash(source)}"
