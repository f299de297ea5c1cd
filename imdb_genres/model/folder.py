"""The folder model/: everything that prediction needs. Loading it runs no code from it."""

import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, PositiveFloat, ValidationError, model_validator

from imdb_genres.errors import UserError
from imdb_genres.io.atomic import atomic_replace, write_json
from imdb_genres.model.legacy import upgrade_description, upgrade_layers
from imdb_genres.networks.numpy_layers import read_layers
from imdb_genres.networks.registry import ARCHITECTURES
from imdb_genres.networks.types import Inputs, Network
from imdb_genres.params.network import NetworkSettings
from imdb_genres.params.training import TargetKind
from imdb_genres.text.subwords import TOKENIZER
from imdb_genres.text.vectorizer import ChunkInput, InputSettings
from imdb_genres.text.vocabulary import Vocabulary

DESCRIPTION = "model.json"
VOCABULARY = "vocabulary.txt"
WEIGHTS = "network.weights.h5"


class Description(BaseModel):
    """model.json: how to rebuild the network, its input, and how to interpret its logits."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    architecture: str
    network: dict[str, Any]  # from NetworkSettings.dump
    input: InputSettings
    genres: list[str]
    targets: TargetKind
    temperature: PositiveFloat
    thresholds: list[float]
    frequencies: list[PositiveFloat]

    @model_validator(mode="before")
    @classmethod
    def _read_older_models(cls, values: Any) -> Any:
        return upgrade_description(values)

    @model_validator(mode="after")
    def _one_value_per_genre(self) -> Self:
        if {len(self.thresholds), len(self.frequencies)} != {len(set(self.genres))}:
            raise ValueError("thresholds and frequencies must have one value per genre")
        return self

    def hyperparameters(self) -> dict[str, Any]:
        """Return all settings of network and input by name; those of a section as ``section.name``."""
        flat: dict[str, Any] = {}
        for name, value in self.network.items():
            if isinstance(value, dict):
                flat |= {f"{name}.{key}": inner for key, inner in value.items()}
            else:
                flat[name] = value
        return flat | asdict(self.input)


def write_model(folder: Path, network: Network, description: Description, vocabulary: Path) -> None:
    """Write ``folder`` atomically; equal models give equal bytes."""
    with atomic_replace(folder) as temporary:
        temporary.mkdir()
        write_json(temporary / DESCRIPTION, description.model_dump())
        shutil.copyfile(vocabulary, temporary / VOCABULARY)
        if isinstance(description.input, ChunkInput):
            from imdb_genres.params.encoders import encoder_folder  # serving has no sources.yaml

            encoder = encoder_folder(description.network["encoder"]["weights"])
            shutil.copyfile(encoder / TOKENIZER, temporary / TOKENIZER)
        network.save_weights(temporary / WEIGHTS)


def read_description(folder: Path) -> Description:
    """Read what ``write_model`` wrote; raise UserError if it is missing or corrupt."""
    path = folder / DESCRIPTION
    try:
        return Description.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise UserError(f"{path} is missing: run `dvc repro train`, or `dvc pull model`") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        key = ".".join(map(str, error.errors()[0]["loc"])) or "the whole file"
        raise UserError(f"{path} is corrupt at {key}: run `dvc repro train`") from None


def load_network(
    folder: Path, description: Description, num_words: int, double_precision: bool
) -> Callable[[Inputs], np.ndarray]:
    """Return the trained network as a function from a batch of inputs to logits (n, genres).

    It computes in NumPy, in ``double_precision`` or as its architecture does; for an architecture without
    ``forward``, in Keras.
    """
    architecture = ARCHITECTURES[description.architecture]
    forward = architecture.forward
    if forward is None:
        from imdb_genres.networks.keras_serving import keras_forward

        return keras_forward(load_keras_model(folder))
    settings = NetworkSettings.load(description.architecture, description.network)
    dtype = np.float64 if double_precision else architecture.dtype
    layers = upgrade_layers(read_layers(folder / WEIGHTS, dtype))
    if len(layers.get("word_vectors", [[()] * num_words])[0]) != num_words:
        raise ValueError("its word vectors are for a vocabulary of another size")
    return lambda inputs: forward(layers, inputs, settings)


def load_keras_model(folder: Path) -> Network:
    """Return the network of a model folder as a keras.Model, from a batch of inputs to logits.

    Raises UserError if a file is missing, and ValueError for a model of an older version, whose
    layers had other names.
    """
    description = read_description(folder)
    settings = NetworkSettings.load(description.architecture, description.network)
    num_words = len(Vocabulary.read(folder / VOCABULARY))
    build = ARCHITECTURES[description.architecture].build
    network = build(num_words, len(description.genres), settings)
    network.load_weights(folder / WEIGHTS)
    return network
