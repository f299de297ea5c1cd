"""Compares an architecture's ``forward`` with its ``build`` before the training, not after it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.networks.numpy_layers import read_layers
from imdb_genres.networks.registry import find_architecture
from imdb_genres.params.training import Train
from imdb_genres.text.vectorizer import ChunkInput, to_input
from imdb_genres.training.dataset import TokenizedDataset
from imdb_genres.training.trainer import Trainer

TOLERANCE = 1e-3  # of the largest logit
ROWS = 8
WHERE = "imdb_genres/networks/registry.py"


def check_forward(trainer: Trainer, dataset: TokenizedDataset, settings: Train) -> None:
    """Raise UserError if the architecture's ``forward`` and the network differ in the logits of some rows."""
    architecture = find_architecture(settings.architecture)
    input_settings = architecture.inputs(settings)
    if architecture.forward is None or isinstance(input_settings, ChunkInput):
        return  # writing an encoder of 90 MB and more to disk would take too long
    rows = dataset.folds()[1][:ROWS]
    expected = trainer.logits(rows)
    inputs = to_input(dataset.rows.take(rows), dataset.vocabulary, input_settings)
    with TemporaryDirectory() as folder:
        weights = Path(folder) / "network.weights.h5"
        trainer.network.save_weights(weights)
        layers = read_layers(weights)
    try:
        logits = architecture.forward(layers, inputs, settings)
    except KeyError as error:
        raise UserError(
            f"forward of {settings.architecture} reads the layer {error}, but build names its layers "
            f"{', '.join(sorted(layers))}; or leave forward out in {WHERE}, and Keras serves the model"
        ) from error
    scale = max(float(np.abs(expected).max()), 1.0)
    if logits.shape != expected.shape or np.abs(logits - expected).max() > TOLERANCE * scale:
        raise UserError(
            f"forward of {settings.architecture} and its build compute different logits: "
            f"compare them in tests/networks/test_forward.py; or leave forward out in {WHERE}, and "
            "Keras serves the model"
        )
