"""An architecture's NumPy form computes the logits of the Keras model that was trained."""

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from imdb_genres.networks.keras_backend import keras
from imdb_genres.networks.keras_serving import keras_forward
from imdb_genres.networks.numpy_layers import ACTIVATIONS, read_layers
from imdb_genres.networks.registry import ARCHITECTURES
from imdb_genres.networks.types import Network
from imdb_genres.params.network import Activation, NetworkSettings
from imdb_genres.params.training import Train
from imdb_genres.text.fit_vocabulary import fit_vocabulary
from imdb_genres.text.tokenizer import tokenize_texts
from imdb_genres.text.vectorizer import ChunkInput, to_input
from imdb_genres.training.batches import make_batcher
from tests.support.params import WORD_ARCHITECTURES, params_with

TEXTS = ["a ghost in the old house", "", "the sheriff rides", "ghost ghost ghost rides"]
WORDS = tokenize_texts(TEXTS)
VOCABULARY = fit_vocabulary(WORDS, 100)
ROWS = VOCABULARY.encode_words(WORDS)
VARIANTS: list[dict[str, Any]] = [
    *({"architecture": architecture, "dropout": 0, "l1": 0} for architecture in WORD_ARCHITECTURES),
    {"units": []},
    {"units": [8, 7, 6, 5], "activation": "tanh"},
    {"architecture": "wide-deep", "wide_deep.deep_words": 5, "units": [4]},
    {"architecture": "bag", "units": []},
    {"architecture": "cnn", "units": [], "cnn.filters": 4, "cnn.filter_widths": [2, 1, 6]},
]


def settings_with(changes: dict[str, Any]) -> Train:
    values = {"dropout": 0, "l1": 0, "gru.max_length": 6} | changes
    return params_with({f"train.{name}": value for name, value in values.items()}).train


def random_network(settings: Train, weights: Path) -> Network:
    """Return a network of random weights, which are saved to ``weights``."""
    keras.utils.set_random_seed(3)
    network = ARCHITECTURES[settings.architecture].build(len(VOCABULARY), 4, settings)
    for variable in network.trainable_variables:
        variable.assign(np.random.default_rng(1).normal(0, 0.3, variable.shape))
    network.save_weights(weights)
    return network


@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_the_numpy_form_and_keras_serving_agree_with_the_network(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    settings, weights = settings_with(changes), tmp_path / "network.weights.h5"
    network, architecture = random_network(settings, weights), ARCHITECTURES[settings.architecture]
    input_settings = architecture.inputs(settings)
    assert not isinstance(input_settings, ChunkInput)
    batcher = make_batcher(ROWS, VOCABULARY, input_settings)
    expected = network(batcher(np.arange(4)), training=False).numpy()
    inputs = to_input(ROWS, VOCABULARY, input_settings)
    if architecture.forward:  # without it, Keras serves the model
        stored = NetworkSettings.load(settings.architecture, settings.dump())
        found = architecture.forward(read_layers(weights), inputs, stored)
        assert found.dtype == np.float64 and found.shape == (4, 4)
        assert np.allclose(found, expected, atol=1e-5 * np.abs(expected).max())
    assert np.abs(expected).max() > 0.1
    served = keras_forward(network)
    np.testing.assert_allclose(served(inputs), expected, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("architecture", WORD_ARCHITECTURES)
def test_layers_have_explicit_names(architecture: str, tmp_path: Path) -> None:
    settings, weights = (
        settings_with({"architecture": architecture}),
        tmp_path / "network.weights.h5",
    )
    first, second = (random_network(settings, weights) for _ in range(2))  # in one Keras session
    names = [layer.name for layer in first.layers if layer.weights]
    assert names == [layer.name for layer in second.layers if layer.weights]
    assert {name.split("/")[0] for name in read_layers(weights)} == set(names)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_those_of_keras(name: str) -> None:
    values = np.linspace(-20, 20, 1001, dtype=np.float32)
    found = ACTIVATIONS[name](values)
    assert np.allclose(found, keras.activations.get(name)(values).numpy(), rtol=1e-5, atol=1e-6)


def test_every_activation_that_params_allow_is_known() -> None:
    assert set(get_args(Activation)) == set(ACTIVATIONS)
