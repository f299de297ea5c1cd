"""Training on arrays in memory: its result, and the errors before it starts."""

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest

from imdb_genres.errors import UserError
from imdb_genres.networks import mlp
from imdb_genres.networks.registry import ARCHITECTURES
from imdb_genres.params.network import ArchitectureName
from imdb_genres.params.training import Train
from imdb_genres.text.vectorizer import SequenceInput
from imdb_genres.training.dataset import TokenizedDataset
from imdb_genres.training.fit import Callbacks, train_model
from tests.support.params import WORD_ARCHITECTURES, params_with
from tests.support.workspace import QUICK, write_tokens


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> TokenizedDataset:
    folder = tmp_path_factory.mktemp("tokens") / "data"
    write_tokens(folder)
    return TokenizedDataset.read(folder)


def settings_with(architecture: str, **changes: Any) -> Train:
    small = {"cnn.filters": 4, "gru.units": 4, "epochs": 2, "input_dropout": 0.1}
    values = {**QUICK, **small, "architecture": architecture, **changes}
    return params_with({f"train.{name}": value for name, value in values.items()}).train


def weights(dataset: TokenizedDataset, architecture: str) -> list[bytes]:
    model = train_model(dataset, settings_with(architecture), seed=3)
    return [array.tobytes() for array in model.network.get_weights()]


@pytest.mark.slow
def test_a_training_does_not_depend_on_those_before_it(dataset: TokenizedDataset) -> None:
    first = {architecture: weights(dataset, architecture) for architecture in WORD_ARCHITECTURES}
    again = {
        architecture: weights(dataset, architecture)
        for architecture in reversed(WORD_ARCHITECTURES)
    }
    assert first == again


def test_every_architecture_of_params_is_registered() -> None:
    assert set(get_args(ArchitectureName)) == set(ARCHITECTURES)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_params_know_which_architectures_read_word_ids_in_order(architecture: str) -> None:
    settings = settings_with(architecture)
    inputs = ARCHITECTURES[architecture].inputs(settings)
    assert settings.reads_sequences() == isinstance(inputs, SequenceInput)


def test_an_architecture_that_is_not_registered_is_refused(
    dataset: TokenizedDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(ARCHITECTURES, "mlp")
    with pytest.raises(UserError, match=r"'mlp' is not in ARCHITECTURES.*registry\.py"):
        train_model(dataset, settings_with("mlp"), seed=3)


def wrong_name(layers: Any, inputs: Any, settings: Any) -> np.ndarray:
    return np.asarray(inputs @ layers["dense_7"][0])


def wrong_logits(layers: Any, inputs: Any, settings: Any) -> np.ndarray:
    return np.ones((inputs.shape[0], 3))


def fails_without_words(layers: Any, inputs: Any, settings: Any) -> np.ndarray:
    inputs.data.max()  # as the longest of no words
    return mlp.forward(layers, inputs, settings)


def nan_without_words(layers: Any, inputs: Any, settings: Any) -> np.ndarray:
    words = inputs.getnnz(axis=1)[:, None]
    with np.errstate(invalid="ignore"):
        return np.asarray(
            mlp.forward(layers, inputs, settings) * words / words
        )  # a mean over no words


@pytest.mark.parametrize(
    ("forward", "message"),
    [
        (wrong_name, r"'dense_7'.*hidden_1, logits"),
        (wrong_logits, "different logits"),
        (fails_without_words, "without a known word.*zero-size array"),
        (nan_without_words, "nan.*without a known word"),
    ],
)
def test_a_forward_that_does_not_fit_is_refused_before_the_first_epoch(
    dataset: TokenizedDataset, monkeypatch: pytest.MonkeyPatch, forward: Any, message: str
) -> None:
    monkeypatch.setitem(ARCHITECTURES, "mlp", replace(ARCHITECTURES["mlp"], forward=forward))
    epochs: list[Any] = []
    with pytest.raises(UserError, match=message):
        train_model(dataset, settings_with("mlp"), 3, Callbacks(epochs.append))
    assert epochs == []
