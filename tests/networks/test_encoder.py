"""The encoder is fine-tuned by Keras, predicts in NumPy, and keeps pretrained weights where it is told to."""

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("keras_hub", reason="the extra `encoder` is not installed")

from imdb_genres.download.encoders import ensure_encoder
from imdb_genres.errors import UserError
from imdb_genres.inference.predictor import Predictor
from imdb_genres.model.folder import WEIGHTS, write_model
from imdb_genres.networks.encoder import BACKBONE
from imdb_genres.networks.numpy_layers import read_layers
from imdb_genres.networks.registry import FAMILIES
from imdb_genres.params.training import Train
from imdb_genres.text.subwords import SubwordTokenizer, to_chunks
from imdb_genres.training import fine_tuning
from imdb_genres.training.dataset import Subwords, TokenizedDataset
from imdb_genres.training.fit import TrainedModel, make_trainer, train_model
from tests.support.encoders import NAME, write_encoder, write_sources
from tests.support.params import params_with
from tests.support.workspace import GENRES, write_tokens

WORDS = sorted(set(" ".join(GENRES.values()).split()))
TEXTS = [" ".join(GENRES[genre].split()[:6]) for genre in sorted(GENRES)] * 20
SETTINGS = {
    "architecture": "encoder",
    "units": [],
    "dropout": 0,
    "l1": 0,
    "epochs": 8,
    "patience": 0,
    "batch_size": 8,
    "learning_rate": 0.01,
    "encoder.weights": NAME,
    "encoder.chunks": 2,
    "encoder.chunk_length": 8,
    "encoder.head_learning_rate": 0.1,
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose sources.yaml has a tiny encoder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".dvc").mkdir()
    write_encoder(tmp_path / "weights", WORDS)
    write_sources(tmp_path, tmp_path / "weights")
    return ensure_encoder(NAME)


@pytest.fixture
def dataset(folder: Path) -> TokenizedDataset:
    """Sixty films of one genre each, with the subwords of the tiny encoder."""
    write_tokens(Path("data"))
    plain = TokenizedDataset.read(Path("data"))
    tokenizer = SubwordTokenizer.read(folder)
    subwords = Subwords(tokenizer.encode(TEXTS), tokenizer.start, tokenizer.end, "sha")
    dataset = TokenizedDataset(
        plain.vocabulary,
        plain.rows,
        plain.genres,
        plain.label,
        plain.labels,
        plain.is_validation,
        subwords,
    )
    dataset.write(Path("data"))
    return TokenizedDataset.read(Path("data"))


def settings_with(**changes: object) -> Train:
    return params_with(
        {f"train.{key}": value for key, value in {**SETTINGS, **changes}.items()}
    ).train


def saved(model: TrainedModel, name: str) -> Path:
    write_model(Path(name), model.network, model.description, Path("data/vocabulary.txt"))
    return Path(name)


@pytest.mark.parametrize("pooling", ["mean", "first"])
def test_numpy_gives_the_logits_of_keras(pooling: str, folder: Path) -> None:
    settings = settings_with(**{"encoder.pooling": pooling, "units": [5]})
    tokenizer = SubwordTokenizer.read(folder)
    rows = tokenizer.encode(["a ghost", "", "the old house waits " * 6, "laughs"])
    chunks = to_chunks(rows, 2, 8, tokenizer.start, tokenizer.end)
    network = FAMILIES["encoder"].build(1, 3, settings)
    network.save_weights("network.weights.h5")
    forward = FAMILIES["encoder"].forward
    assert forward
    logits = forward(read_layers(Path("network.weights.h5"), np.float32), chunks, settings)
    np.testing.assert_allclose(logits, np.asarray(network(chunks)), atol=1e-5)


def test_it_learns_its_folder_alone_predicts_and_its_bytes_repeat(
    dataset: TokenizedDataset,
) -> None:
    model = train_model(dataset, settings_with(), seed=1)
    first, *_, last = model.history.epochs
    assert last["loss/train"] < first["loss/train"]
    folder = saved(model, "model")
    again = saved(train_model(dataset, settings_with(), seed=1), "again")
    assert (again / WEIGHTS).read_bytes() == (folder / WEIGHTS).read_bytes()
    Path("sources.yaml").unlink()
    validation = np.flatnonzero(dataset.is_validation)
    probabilities = Predictor.load(folder).predict_proba(np.array(TEXTS)[validation])
    expected = np.exp(model.validation_logits / model.description.temperature)
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, expected, atol=1e-4)
    correct = probabilities.argmax(axis=1) == dataset.label[validation]
    assert correct.mean() > 0.9


@pytest.mark.parametrize(("frozen", "unchanged"), [(1, {"0"}), ("all", {"0", "1"})])
def test_frozen_layers_keep_their_weights(
    frozen: int | str, unchanged: set[str], dataset: TokenizedDataset
) -> None:
    settings = settings_with(**{"encoder.frozen_layers": frozen, "epochs": 1})
    FAMILIES["encoder"].build(1, 3, settings).save_weights("before.weights.h5")
    model = train_model(dataset, settings, seed=1)
    before = read_layers(Path("before.weights.h5"))
    after = read_layers(saved(model, "model") / WEIGHTS)
    names = {"0": "transformer_encoder", "1": "transformer_encoder_1"}
    same = {
        number
        for number, name in names.items()
        for kernel in [f"{BACKBONE}/{name}/_feedforward_output_dense"]
        if np.array_equal(before[kernel][0], after[kernel][0])
    }
    assert same == unchanged
    assert not np.array_equal(before["logits"][0], after["logits"][0])


def test_a_frozen_encoder_reads_the_texts_once(
    dataset: TokenizedDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_with(**{"encoder.frozen_layers": "all", "epochs": 1})
    train_model(dataset, settings, seed=1)

    def compute(*_: object) -> None:
        raise AssertionError("the encoder computed again")

    monkeypatch.setattr(fine_tuning, "encode_rows", compute)
    train_model(dataset, settings_with(**{"encoder.frozen_layers": "all", "epochs": 2}), seed=2)
    with pytest.raises(AssertionError, match="computed again"):
        train_model(
            dataset, settings_with(**{"encoder.frozen_layers": "all", "encoder.chunks": 1}), 1
        )


def test_lower_layers_learn_more_slowly(dataset: TokenizedDataset) -> None:
    settings = settings_with(**{"encoder.layer_decay": 0.5})
    scales = make_trainer(dataset, settings, 1).optimizer.scales
    kernel = "transformer_layer_{}/feedforward_output_dense/kernel"
    assert [scales[kernel.format(layer)] for layer in (1, 0)] == [1, 0.5]
    assert scales["token_embedding/embeddings"] == 0.25
    assert scales["logits/kernel"] == 10


def test_rows_without_subwords_are_an_error_that_names_the_stage(dataset: TokenizedDataset) -> None:
    write_tokens(Path("words"))
    with pytest.raises(UserError, match="dvc repro tokenize"):
        train_model(TokenizedDataset.read(Path("words")), settings_with(), seed=1)


def test_too_long_chunks_are_an_error_that_names_both_numbers(dataset: TokenizedDataset) -> None:
    with pytest.raises(UserError, match=r"train.encoder.chunk_length is 64.* 32 positions"):
        train_model(dataset, settings_with(**{"encoder.chunk_length": 64}), seed=1)


def test_without_the_extra_the_error_says_what_to_install(
    dataset: TokenizedDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keras_hub.models", None)
    with pytest.raises(UserError, match=r"imdb-genres\[encoder\]"):
        train_model(dataset, settings_with(), seed=1)
