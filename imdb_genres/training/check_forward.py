"""Compares an architecture's ``forward`` with its ``build`` before the training, not after it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.networks.numpy_layers import read_layers
from imdb_genres.networks.registry import find_architecture
from imdb_genres.networks.types import Layers, Network
from imdb_genres.params.training import Train
from imdb_genres.text.ragged import RaggedArray
from imdb_genres.text.vectorizer import ChunkInput, to_input
from imdb_genres.training.dataset import TokenizedDataset
from imdb_genres.training.trainer import Trainer

TOLERANCE = 1e-3  # of the largest logit
ROWS = 8
WHERE = "imdb_genres/networks/registry.py"


def check_forward(trainer: Trainer, dataset: TokenizedDataset, settings: Train) -> None:
    """Raise UserError if the architecture's ``forward`` and the network differ in the logits of some rows.

    It must also give finite logits for a text without a known word: loading a model predicts one.
    """
    architecture = find_architecture(settings.architecture)
    input_settings = architecture.inputs(settings)
    if architecture.forward is None or isinstance(input_settings, ChunkInput):
        return  # writing an encoder of 90 MB and more to disk would take too long
    rows = dataset.folds()[1][:ROWS]
    expected = trainer.logits(rows)
    inputs = to_input(dataset.rows.take(rows), dataset.vocabulary, input_settings)
    layers = _save_and_read(trainer.network)
    try:
        logits = architecture.forward(layers, inputs, settings)
    except KeyError as error:
        raise UserError(
            f"forward of {settings.architecture} reads the layer {error}, but build names its layers "
            f"{', '.join(sorted(layers))}; or leave forward out in {WHERE}, and Keras serves the model"
        ) from error
    scale = max(float(np.abs(expected).max()), 1.0)
    if logits.shape != expected.shape or not np.allclose(logits, expected, 0, TOLERANCE * scale):
        raise UserError(
            f"forward of {settings.architecture} and its build compute different logits: "
            f"compare them in tests/networks/test_forward.py; or leave forward out in {WHERE}, and "
            "Keras serves the model"
        )
    _check_text_without_words(layers, dataset, settings)


def _check_text_without_words(layers: Layers, dataset: TokenizedDataset, settings: Train) -> None:
    architecture = find_architecture(settings.architecture)
    input_settings = architecture.inputs(settings)
    assert architecture.forward and not isinstance(input_settings, ChunkInput)
    text = RaggedArray(dataset.rows.ids[:0], np.zeros(2, np.int64))
    inputs = to_input(text, dataset.vocabulary, input_settings)
    forward = f"forward of {settings.architecture}"
    try:
        logits = architecture.forward(layers, inputs, settings)
    except Exception as error:  # it has just worked for other texts
        raise UserError(f"{forward} fails for a text without a known word: {error}") from error
    if not np.isfinite(logits).all():
        raise UserError(f"{forward} computes nan or inf for a text without a known word")


def _save_and_read(network: Network) -> Layers:
    """Return the weights as a model that is loaded has them."""
    with TemporaryDirectory() as folder:
        weights = Path(folder) / "network.weights.h5"
        network.save_weights(weights)
        return read_layers(weights)
