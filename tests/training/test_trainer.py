"""Training on sparse rows is Keras's own training on the dense matrix, up to rounding."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from imdb_genres.networks.keras_backend import enable_determinism, keras, tf
from imdb_genres.networks.sparse_layers import SPARSE_MATMUL_MAX_UNITS, SparseDense
from imdb_genres.training.batches import SparseBatcher
from imdb_genres.training.losses import make_loss, squared_hinge
from imdb_genres.training.optimizers import FusedAdam, FusedSGD, make_optimizer
from imdb_genres.training.targets import Targets
from imdb_genres.training.trainer import Trainer
from tests.support.params import PARAMS, params_with

ROWS, WORDS, GENRES, BATCH = 200, 50, 3, 16
LAYERS = keras.layers
LOSS = make_loss(params_with().train, GENRES)


def network(kind: Any, sparse: bool, last: str | None) -> Any:
    enable_determinism(3)
    return keras.Sequential(
        [
            keras.Input((WORDS,), sparse=sparse),
            kind(16, "relu"),
            LAYERS.Dropout(0.6),
            LAYERS.Dense(8, "relu", kernel_regularizer=keras.regularizers.L1(0.001)),
            LAYERS.Dropout(0.3),
            LAYERS.Dense(GENRES, last),
        ]
    )


@pytest.fixture
def corpus() -> tuple[csr_matrix, Targets]:
    rng = np.random.default_rng(2)
    entries = rng.random((ROWS, WORDS)) * (rng.random((ROWS, WORDS)) < 0.2)
    entries[5] = 0  # a text of unknown words
    values = np.eye(GENRES, dtype=np.float32)[rng.integers(0, GENRES, ROWS)]
    return csr_matrix(entries, dtype=np.float32), Targets(
        values, rng.random(ROWS).astype(np.float32) + 0.5
    )


SGD = {"learning_rate": 0.1, "weight_decay": 0.01}
NESTEROV = {**SGD, "momentum": 0.9, "nesterov": True}


@pytest.mark.parametrize(
    ("theirs", "ours", "options"),
    [
        (keras.optimizers.Adam, FusedAdam, {}),
        (keras.optimizers.SGD, FusedSGD, SGD),
        (keras.optimizers.SGD, FusedSGD, NESTEROV),
    ],
)
def test_weights_and_history_are_those_of_keras_fit(
    theirs: Any, ours: Any, options: dict[str, Any], corpus: tuple[csr_matrix, Targets]
) -> None:
    matrix, targets = corpus
    order = np.random.default_rng(3).permutation(ROWS)
    plain = network(LAYERS.Dense, False, "softmax")
    plain.compile(theirs(**options), "categorical_crossentropy", weighted_metrics=["accuracy"])
    expected = plain.fit(
        matrix.toarray()[order],
        targets.values[order],
        sample_weight=targets.weights[order],
        batch_size=BATCH,
        shuffle=False,
        verbose=0,
    ).history
    sparse = network(SparseDense, True, None)
    trainer = Trainer(sparse, SparseBatcher([matrix]), targets, ours(**options), LOSS)
    loss, accuracy = trainer.train_epoch(order, BATCH)
    assert loss == pytest.approx(expected["loss"][0], rel=1e-5)
    assert accuracy == pytest.approx(expected["accuracy"][0], rel=1e-5)
    for weights, others in zip(sparse.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(weights, others, atol=2e-6)
    losses = plain.evaluate(
        matrix.toarray(), targets.values, sample_weight=targets.weights, verbose=0
    )
    assert trainer.evaluate(np.arange(ROWS)) == pytest.approx(losses, rel=1e-5)


def test_squared_hinge_is_that_of_keras_and_halves_for_a_half() -> None:
    loss = squared_hinge
    logits = np.random.default_rng(4).normal(0, 2, (20, GENRES)).astype(np.float32)
    yes, no = np.eye(GENRES, dtype=np.float32)[np.arange(20) % GENRES], np.zeros_like(logits)
    np.testing.assert_allclose(
        loss(yes, logits), keras.losses.squared_hinge(yes * 2 - 1, logits), rtol=1e-6
    )
    half = (loss(yes, logits) + loss(no, logits)) / 2
    np.testing.assert_allclose(loss(yes / 2, logits), half, rtol=1e-6)


@pytest.mark.parametrize("units", [SPARSE_MATMUL_MAX_UNITS - 1, SPARSE_MATMUL_MAX_UNITS])
def test_a_sparse_layer_has_the_output_and_the_gradient_of_a_dense_one(
    units: int, corpus: tuple[csr_matrix, Targets]
) -> None:
    matrix, layer = corpus[0], SparseDense(units)
    rows = np.array([5, 3, 3, 0])
    layer.build((None, WORDS))
    with tf.GradientTape() as tape:
        outputs = layer(SparseBatcher([matrix])(tf.constant(rows)))
        total = tf.reduce_sum(tf.square(outputs))
    dense = matrix.toarray()[rows]
    expected = dense @ layer.kernel.numpy()
    np.testing.assert_allclose(outputs, expected, atol=1e-6)
    gradient = tape.gradient(total, layer.kernel.value)
    np.testing.assert_allclose(gradient, 2 * dense.T @ expected, atol=1e-5)


BYTES = """
import sys, hashlib, numpy as np
from scipy.sparse import random
from imdb_genres.networks.keras_backend import configure, enable_determinism, keras
from tests.support.params import params_with
configure(params_with({"train.threads": int(sys.argv[1])}).train)
from imdb_genres.networks.keras_encoder import ChunkEncoder
from imdb_genres.networks.sparse_layers import SparseDense
from imdb_genres.training.batches import DenseBatcher, SparseBatcher
from imdb_genres.training.losses import make_loss
from imdb_genres.training.targets import Targets
from imdb_genres.training.trainer import Trainer
enable_determinism(1)
rng = np.random.default_rng(1)

class Backbone(keras.layers.Layer):
    hidden_dim = 32

    def __init__(self):
        super().__init__()
        self.embedding, self.dense = keras.layers.Embedding(99, 32), keras.layers.Dense(32, "relu")
        self(dict(token_ids=np.ones((1, 1))))  # creates the weights

    def call(self, inputs, training=False):
        return {"sequence_output": self.dense(self.embedding(inputs["token_ids"]))}

def train(inputs, outputs, batcher):
    network = keras.Model(inputs, outputs)
    targets = Targets(np.eye(9, dtype=np.float32)[np.arange(600) % 9], np.ones(600, np.float32))
    loss = make_loss(params_with().train, 9)
    Trainer(network, batcher, targets, keras.optimizers.SGD(1.0), loss).train_epoch(np.arange(600), 200)
    print(*(hashlib.sha256(array.tobytes()).hexdigest() for array in network.get_weights()))

words = keras.Input((9000,), sparse=True)
matrix = random(600, 9000, 0.02, "csr", np.float32, rng)
train(words, SparseDense(9)(words), SparseBatcher([matrix]))
subwords = keras.Input((2, 20), dtype="int32")
chunks = rng.integers(1, 99, (600, 2, 20), np.int32) * (np.arange(20) < rng.integers(1, 20, (600, 2, 1)))
vectors = ChunkEncoder(Backbone(), "mean")(subwords)
train(subwords, keras.layers.Dense(9)(vectors), DenseBatcher(chunks.astype(np.int32)))
"""


@pytest.mark.slow
def test_threads_do_not_change_the_bytes_of_a_narrow_layer_or_an_encoder() -> None:
    made = [
        subprocess.run(
            [sys.executable, "-c", BYTES, threads],
            cwd=PARAMS.parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2", "4")
    ]
    assert len(set(made)) == 1


@pytest.mark.parametrize("end", [1, 0.5, 0])
def test_the_learning_rate_decays_linearly_to_its_final_value(end: float) -> None:
    changes = {"learning_rate": 0.2, "epochs": 5, "final_learning_rate_ratio": end}
    settings = params_with({f"train.{name}": value for name, value in changes.items()}).train
    optimizer = make_optimizer(settings, steps_per_epoch=2)
    rates = []
    for step in (0, 5, 10):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    assert rates == pytest.approx([0.2, 0.2 * (1 + end) / 2, 0.2 * end])
