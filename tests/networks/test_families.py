"""Every family learns, says what it has no use for, and counts the corpus only as it is."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imdb_genres.errors import UserError
from imdb_genres.inference.predictor import Predictor
from imdb_genres.networks.registry import FAMILIES
from stages import train
from tests.support.params import params_with
from tests.support.workspace import GENRES, write_params, write_workspace

SMALL = {"embedding_size": 8, "max_length": 6, "filters": 4, "gru_units": 4, "deep_words": 10}


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(train, "set_num_threads", lambda threads: None)
    write_workspace(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("architecture", FAMILIES)
def test_a_family_learns_and_serves(workspace: Path, architecture: str) -> None:
    used = FAMILIES[architecture].rows | FAMILIES[architecture].network
    changes: dict[str, Any] = {name: SMALL[name] for name in SMALL if name in used}
    changes |= {"input_dropout": 0.1, "label_smoothing": 0.1, "weight_decay": 0.001, "epochs": 25}
    train.main(write_params(workspace, architecture=architecture, **changes))
    values = Predictor.load(workspace / "model").predict(GENRES.values())
    assert values.argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.parametrize("optimizer", ["adam", "nadam", "rmsprop", "sgd"])
def test_an_optimizer_learns(workspace: Path, optimizer: str) -> None:
    changes: dict[str, Any] = {"optimizer": optimizer, "learning_rate_end": 0.5}
    rate = 0.5 if optimizer == "sgd" else 0.02
    train.main(write_params(workspace, learning_rate=rate, **changes))
    values = Predictor.load(workspace / "model").predict(GENRES.values())
    assert values.argmax(axis=1).tolist() == [0, 1, 2]


def test_null_stands_for_the_familys_value() -> None:
    assert params_with().train.mode == "binary"
    assert params_with({"train.architecture": "wide-deep"}).train.mode == "tfidf"
    assert params_with({"train.architecture": "gru"}).train.mode is None


def test_a_parameter_that_a_family_does_not_use_is_refused() -> None:
    with pytest.raises(UserError, match="filters is 50, but mlp has no use for it; set it to null"):
        params_with({"train.filters": 50})
    with pytest.raises(UserError, match="mode is 'tfidf', but bag has no use for it"):
        params_with({"train.architecture": "bag", "train.mode": "tfidf"})


def test_momentum_goes_with_sgd_alone() -> None:
    assert params_with({"train.momentum": 0.9, "train.optimizer": "sgd"}).train.momentum == 0.9
    with pytest.raises(UserError, match=r"momentum is 0\.9, but adam has its own"):
        params_with({"train.momentum": 0.9})


def test_networks_that_read_in_order_take_words_only() -> None:
    with pytest.raises(UserError, match=r"set tokenize\.ngrams to 1"):
        params_with({"train.architecture": "cnn", "tokenize.ngrams": 2})


def test_a_loss_beyond_bounds_is_told_in_a_sentence(workspace: Path) -> None:
    with pytest.raises(UserError, match=r"loss is (nan|inf) in epoch \d+: .*learning_rate"):
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
    values = predictor.predict([GENRES["Horror"], GENRES["Western"]])
    assert predictor.single(values).argmax(axis=1).tolist() == [1, 2]
    assert predictor.several(values)[:, 0].all() or targets == "soft"
