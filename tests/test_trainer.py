"""Training on sparse rows is Keras's own training on the dense matrix, up to rounding."""

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from stages.architectures.sparse import SparseDense
from stages.learning.backend import keras, make_repeatable
from stages.learning.feed import MatrixFeed
from stages.learning.losses import make_loss
from stages.learning.optimizers import FusedAdam
from stages.learning.targets import Targets
from stages.learning.trainer import Trainer

ROWS, WORDS, GENRES, BATCH = 200, 50, 3, 16
LAYERS = keras.layers


def network(kind: Any, sparse: bool, last: str | None) -> Any:
    make_repeatable(3)
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


@pytest.mark.parametrize("optimizer", [keras.optimizers.Adam, FusedAdam])
def test_weights_and_history_are_those_of_keras_fit(
    optimizer: Any, corpus: tuple[csr_matrix, Targets]
) -> None:
    matrix, targets = corpus
    order = np.random.default_rng(3).permutation(ROWS)
    plain = network(LAYERS.Dense, False, "softmax")
    plain.compile("adam", "categorical_crossentropy", weighted_metrics=["accuracy"])
    expected = plain.fit(
        matrix.toarray()[order],
        targets.values[order],
        sample_weight=targets.weights[order],
        batch_size=BATCH,
        shuffle=False,
        verbose=0,
    ).history
    ours = network(SparseDense, True, None)
    trainer = Trainer(ours, MatrixFeed([matrix]), targets, optimizer())
    loss, accuracy = trainer.train(order, BATCH)
    assert loss == pytest.approx(expected["loss"][0], rel=1e-5)
    assert accuracy == pytest.approx(expected["accuracy"][0], rel=1e-5)
    for weights, others in zip(ours.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(weights, others, atol=2e-6)
    losses = plain.evaluate(
        matrix.toarray(), targets.values, sample_weight=targets.weights, verbose=0
    )
    assert trainer.validate(np.arange(ROWS)) == pytest.approx(losses, rel=1e-5)


def test_squared_hinge_is_that_of_keras_and_halves_for_a_half() -> None:
    loss = make_loss("squared-hinge", "soft")
    logits = np.random.default_rng(4).normal(0, 2, (20, GENRES)).astype(np.float32)
    yes, no = np.eye(GENRES, dtype=np.float32)[np.arange(20) % GENRES], np.zeros_like(logits)
    np.testing.assert_allclose(
        loss(yes, logits), keras.losses.squared_hinge(yes * 2 - 1, logits), rtol=1e-6
    )
    half = (loss(yes, logits) + loss(no, logits)) / 2
    np.testing.assert_allclose(loss(yes / 2, logits), half, rtol=1e-6)
