"""The architectures of ``train.architecture``, one module each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.networks import (
    bag,
    cnn,
    encoder,
    encoder_wide,
    gru,
    mlp,
    wide_deep,
)
from imdb_genres.networks.types import Layers, Network
from imdb_genres.params.network import NetworkSettings
from imdb_genres.params.training import Train
from imdb_genres.text.vectorizer import (
    ChunkInput,
    InputSettings,
    SequenceInput,
    SparseInput,
    WordsAndChunks,
)


@dataclass(frozen=True)
class Architecture:
    """A kind of network, in Keras and in NumPy, and the settings of its input.

    ``build(num_words, num_genres, settings)`` returns the Keras model that is trained.
    ``forward(layers, inputs, settings)`` computes its logits in NumPy from the weights of its named
    layers; without it, Keras serves the model, at the cost of TensorFlow's import. The layers are
    float64 in evaluation, so that processors agree in every digit that is written, and ``dtype``
    in serving.
    """

    build: Callable[[int, int, NetworkSettings], Network]
    inputs: Callable[[Train], InputSettings]
    forward: Callable[[Layers, Any, NetworkSettings], np.ndarray] | None = None
    dtype: type[np.floating] = np.float64


def sparse_input(settings: Train) -> SparseInput:
    """Return the input settings of sparse rows, from ``train.mode`` and ``train.normalize``."""
    return SparseInput(settings.mode, settings.normalize)


def chunk_input(settings: Train) -> ChunkInput:
    """Return the input settings of chunks of subwords, from ``train.encoder``."""
    return ChunkInput(settings.encoder.chunks, settings.encoder.chunk_length)


def words_and_chunks(settings: Train) -> WordsAndChunks:
    """Return the input settings of both sparse rows and chunks of subwords."""
    own = settings.encoder
    return WordsAndChunks(own.chunks, own.chunk_length, settings.mode, settings.normalize)


ARCHITECTURES = {
    "mlp": Architecture(mlp.build, sparse_input, mlp.forward),
    "wide-deep": Architecture(wide_deep.build, sparse_input, wide_deep.forward),
    "bag": Architecture(bag.build, lambda settings: SparseInput("freq", False), bag.forward),
    "cnn": Architecture(
        cnn.build, lambda settings: SequenceInput(settings.cnn.max_length), cnn.forward
    ),
    "gru": Architecture(
        gru.build, lambda settings: SequenceInput(settings.gru.max_length), gru.forward
    ),
    "encoder": Architecture(encoder.build, chunk_input, encoder.forward, np.float32),
    "encoder-wide": Architecture(
        encoder_wide.build, words_and_chunks, encoder_wide.forward, np.float32
    ),
}


def find_architecture(architecture: str) -> Architecture:
    """Return an architecture by its name; raise UserError if it is not registered."""
    if architecture not in ARCHITECTURES:
        raise UserError(
            f"train.architecture {architecture!r} is not in ARCHITECTURES of "
            f"imdb_genres/networks/registry.py, which has: {', '.join(ARCHITECTURES)}"
        )
    return ARCHITECTURES[architecture]
