"""NumPy answers with the numbers of the Keras model that was trained."""

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from imdb_genres.networks import forward
from imdb_genres.networks.keras_backend import keras
from imdb_genres.networks.numpy_layers import ACTIVATIONS, read_layers
from imdb_genres.networks.registry import FAMILIES, build_network
from imdb_genres.params.training import Activation
from imdb_genres.text.tokenizer import tokenize_texts
from imdb_genres.text.vectorizer import to_input
from imdb_genres.training.batches import make_batcher
from stages.tokenize import fit_vocabulary

TEXTS = ["a ghost in the old house", "", "the sheriff rides", "ghost ghost ghost rides"]
WORDS = tokenize_texts(TEXTS)
VOCABULARY = fit_vocabulary(WORDS, 100)
VARIANTS = [
    *((family, {}) for family in FAMILIES),
    ("mlp", {"units": []}),
    ("mlp", {"units": [8, 7, 6, 5], "activation": "tanh"}),
    ("wide-deep", {"deep_words": 5, "units": [4]}),
    ("bag", {"units": []}),
    ("cnn", {"units": [], "filters": 4, "filter_widths": [2, 1, 6]}),
]


def both(folder: Path, architecture: str, changes: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return what a random network answers in Keras, and in NumPy from its weights file."""
    family = FAMILIES[architecture]
    settings = family.network | changes
    rows = VOCABULARY.encode_words(WORDS)
    keras.utils.set_random_seed(3)
    network = build_network(architecture, len(VOCABULARY.words), 4, settings)
    for variable in network.trainable_variables:
        variable.assign(np.random.default_rng(1).normal(0, 0.3, variable.shape))
    network.save_weights(folder / "network.weights.h5")
    row_settings = family.rows | family.fixed
    expected = network(make_batcher(rows, VOCABULARY, row_settings)(np.arange(4)), training=False)
    layers = read_layers(folder / "network.weights.h5")
    inputs = to_input(rows, VOCABULARY, row_settings)
    return expected.numpy(), forward.logits(architecture, layers, inputs, settings)


@pytest.mark.parametrize(("architecture", "changes"), VARIANTS)
def test_a_network_gives_the_same_numbers_without_tensorflow(
    tmp_path: Path, architecture: str, changes: dict[str, Any]
) -> None:
    expected, found = both(tmp_path, architecture, changes)
    assert found.dtype == np.float64 and found.shape == (4, 4)
    assert np.allclose(found, expected, atol=1e-5 * np.abs(expected).max())
    assert np.abs(expected).max() > 0.1


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_those_of_keras(name: str) -> None:
    values = np.linspace(-20, 20, 1001, dtype=np.float32)
    found = ACTIVATIONS[name](values)
    assert np.allclose(found, keras.activations.get(name)(values).numpy(), rtol=1e-5, atol=1e-6)


def test_every_activation_that_params_allow_is_known() -> None:
    assert set(get_args(Activation)) == set(ACTIVATIONS)
