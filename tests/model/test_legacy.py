"""Models saved before layers had explicit names still predict the same."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from imdb_genres.inference.predictor import Predictor
from imdb_genres.model.folder import (
    DESCRIPTION,
    WEIGHTS,
    Description,
    read_description,
    write_model,
)
from imdb_genres.model.legacy import ADDED, SECTIONS
from imdb_genres.networks.registry import ARCHITECTURES
from imdb_genres.text.fit_vocabulary import fit_vocabulary
from imdb_genres.text.tokenizer import tokenize_texts
from tests.support.params import params_with

TEXTS = ["a ghost in the old house", "the sheriff rides into town", "a clumsy waiter laughs"]
GENRES = ["Comedy", "Horror", "Western"]


def new_model(folder: Path, architecture: str) -> None:
    """Write a model with random weights as today's train stage does."""
    settings = params_with({"train.architecture": architecture}).train
    vocabulary = fit_vocabulary(tokenize_texts(TEXTS), 100)
    vocabulary.write(folder.with_name("vocabulary.txt"))
    network_type = ARCHITECTURES[architecture]
    network = network_type.build(len(vocabulary), len(GENRES), settings)
    for variable in network.trainable_variables:
        variable.assign(np.random.default_rng(1).normal(0, 0.3, variable.shape))
    description = Description(
        architecture=architecture,
        network=settings.dump(),
        input=network_type.inputs(settings),
        genres=GENRES,
        targets="label",
        temperature=1.0,
        thresholds=[0.5] * 3,
        frequencies=[0.3] * 3,
    )
    write_model(folder, network, description, folder.with_name("vocabulary.txt"))


def make_old(folder: Path, architecture: str) -> None:
    """Turn it into what the train stage wrote before: flat settings, Keras's own layer names."""
    path = folder / DESCRIPTION
    values = json.loads(path.read_text())
    own: dict[str, Any] = values["network"].pop(architecture.replace("-", "_"), {})
    if architecture == "gru":
        own["gru_units"] = own.pop("units")
    rows = values.pop("input")
    own.pop("max_length", None)
    if "normalize" in rows:
        rows["normalise"] = rows.pop("normalize")
    path.write_text(json.dumps({**values, "network": values["network"] | own, "rows": rows}))
    with h5py.File(folder / WEIGHTS, "a") as file:
        for name, group in file["layers"].items():
            group["vars"].attrs["name"] = name


@pytest.mark.parametrize("architecture", ["mlp", *SECTIONS])
def test_an_older_model_predicts_as_before(tmp_path: Path, architecture: str) -> None:
    folder = tmp_path / "model"
    new_model(folder, architecture)
    expected = Predictor.load(folder).predict_proba(TEXTS)
    make_old(folder, architecture)
    assert (Predictor.load(folder).predict_proba(TEXTS) == expected).all()


@pytest.mark.parametrize("name", ["activation", "gru.units"])
def test_a_model_without_an_added_parameter_gets_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = tmp_path / "model"
    new_model(folder, "gru")
    description = read_description(folder)
    value = description.hyperparameters()[name]
    values = json.loads((folder / DESCRIPTION).read_text())
    *section, key = name.split(".")
    del (values["network"][section[0]] if section else values["network"])[key]
    (folder / DESCRIPTION).write_text(json.dumps(values))
    monkeypatch.setitem(ADDED, name, value)
    monkeypatch.setitem(ADDED, "cnn.filters", 3)  # not of this architecture
    assert read_description(folder) == description
