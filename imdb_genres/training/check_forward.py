"""Compares a family's two forms before a training starts, not after it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.networks.numpy_layers import read_layers
from imdb_genres.networks.registry import find_family
from imdb_genres.params.training import Train
from imdb_genres.text.vectorizer import ChunkInput, to_input
from imdb_genres.training.dataset import TokenizedDataset
from imdb_genres.training.trainer import Trainer

TOLERANCE = 1e-3  # of the largest logit
ROWS = 8
WHERE = "imdb_genres/networks/registry.py"


def check_forward(trainer: Trainer, dataset: TokenizedDataset, settings: Train) -> None:
    """Raise UserError if the family's ``forward`` has other logits than the network for some rows."""
    family = find_family(settings.architecture)
    inputs_of = family.inputs(settings)
    if family.forward is None or isinstance(inputs_of, ChunkInput):
        return  # an encoder of 90 MB and more is not written to disk for this
    rows = dataset.folds()[1][
        : trainer.pace.predict_batch_size
    ]  # the shape of evaluate: it is traced once
    expected = trainer.logits(rows)[:ROWS]
    inputs = to_input(dataset.rows.take(rows[:ROWS]), dataset.vocabulary, inputs_of)
    with TemporaryDirectory() as folder:
        weights = Path(folder) / "network.weights.h5"
        trainer.network.save_weights(weights)
        layers = read_layers(weights)
    try:
        logits = family.forward(layers, inputs, settings)
    except KeyError as error:
        raise UserError(
            f"forward of {settings.architecture} reads the layer {error}, but build names its layers "
            f"{', '.join(sorted(layers))}; or leave forward out in {WHERE}, and Keras serves the model"
        ) from error
    scale = max(float(np.abs(expected).max()), 1.0)
    if logits.shape != expected.shape or np.abs(logits - expected).max() > TOLERANCE * scale:
        raise UserError(
            f"forward of {settings.architecture} computes other logits than the network of build: "
            f"compare them in tests/networks/test_forward.py; or leave forward out in {WHERE}, and "
            "Keras serves the model"
        )
