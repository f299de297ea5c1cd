"""Every architecture learns, rejects settings that it does not use, and reads the right input."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imdb_genres.errors import UserError
from imdb_genres.inference.predictor import Predictor
from stages import train
from tests.support.params import WORD_ARCHITECTURES, params_with
from tests.support.workspace import GENRES, write_params, write_workspace

pytestmark = pytest.mark.slow  # together they take minutes

SMALL: dict[str, dict[str, float]] = {
    "wide-deep": {"wide_deep.deep_words": 10},
    "bag": {"bag.embedding_size": 8},
    "cnn": {"cnn.embedding_size": 8, "cnn.max_length": 6, "cnn.filters": 4},
    "gru": {
        "gru.embedding_size": 8,
        "gru.max_length": 6,
        "gru.units": 4,
        "epochs": 10,
        "learning_rate": 0.05,
    },
}


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(train, "configure", lambda threads: None)
    write_workspace(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("architecture", WORD_ARCHITECTURES)
def test_an_architecture_learns_and_serves(workspace: Path, architecture: str) -> None:
    changes: dict[str, Any] = {
        "input_dropout": 0.1,
        "label_smoothing": 0.1,
        "weight_decay": 0.001,
        "epochs": 25,
    }
    changes |= SMALL.get(architecture, {})
    train.main(write_params(workspace, architecture=architecture, **changes))
    values = Predictor.load(workspace / "model").predict_proba(GENRES.values())
    assert values.argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.parametrize("optimizer", ["adam", "nadam", "rmsprop", "sgd"])
def test_an_optimizer_learns(workspace: Path, optimizer: str) -> None:
    changes: dict[str, Any] = {"optimizer": optimizer, "final_learning_rate_ratio": 0.5}
    rate = 0.5 if optimizer == "sgd" else 0.02
    train.main(write_params(workspace, learning_rate=rate, **changes))
    values = Predictor.load(workspace / "model").predict_proba(GENRES.values())
    assert values.argmax(axis=1).tolist() == [0, 1, 2]


def test_only_sgd_takes_momentum() -> None:
    assert params_with({"train.momentum": 0.9, "train.optimizer": "sgd"}).train.momentum == 0.9
    with pytest.raises(UserError, match=r"momentum is 0\.9, but adam has its own"):
        params_with({"train.momentum": 0.9})


def test_networks_that_read_in_order_take_words_only() -> None:
    with pytest.raises(UserError, match=r"set tokenize\.ngrams to 1"):
        params_with({"train.architecture": "cnn", "tokenize.ngrams": 2})


def test_a_diverging_training_is_a_user_error(workspace: Path) -> None:
    with pytest.raises(UserError, match=r"loss is (nan|inf).* in epoch \d+.*train\.learning_rate"):
        train.main(write_params(workspace, optimizer="sgd", learning_rate=1e30, units=[8, 8]))


@pytest.mark.parametrize("targets", ["soft", "multi-label"])
def test_all_genres_of_a_film_can_be_learnt(workspace: Path, targets: str) -> None:
    tokens = dict(np.load("data/tokens.npz"))
    tokens["labels"][:, 0] = True
    np.savez("data/tokens.npz", **tokens)
    train.main(
        write_params(
            workspace, {"label.strategy": "all", "balance.strategy": "none"}, targets=targets
        )
    )
    predictor = Predictor.load(workspace / "model")
    values = predictor.predict_proba([GENRES["Horror"], GENRES["Western"]])
    assert predictor.single_label_proba(values).argmax(axis=1).tolist() == [1, 2]
    assert predictor.predict_labels(values)[:, 0].all() or targets == "soft"
