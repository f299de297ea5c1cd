"""Training learns, stops early, reports failures, and is reproducible to the byte."""

import csv
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from imdb_genres.errors import UserError
from imdb_genres.inference.predictor import Predictor
from imdb_genres.networks import keras_backend as backend
from imdb_genres.training import report
from imdb_genres.training.dataset import Subwords, TokenizedDataset
from stages import train
from tests.support.params import PARAMS
from tests.support.workspace import GENRES, digest, write_params, write_workspace


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(train, "configure", lambda threads: None)  # one process, many trainings
    write_workspace(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def history() -> list[dict[str, str]]:
    with Path("metrics/history.csv").open() as file:
        return list(csv.DictReader(file))


def test_it_learns_and_its_folder_alone_predicts_genres(workspace: Path) -> None:
    params = write_params(workspace)
    train.main(params)
    assert float(history()[-1]["accuracy/validation"]) > 0.9
    predictor = Predictor.load(workspace / "model")
    values = predictor.predict_proba([GENRES["Western"], GENRES["Horror"], ""])
    assert values.shape == (3, 3) and values.dtype == np.float32
    assert np.allclose(values.sum(axis=1), 1)
    assert [predictor.genres[best] for best in values[:2].argmax(axis=1)] == ["Western", "Horror"]


def test_the_same_training_gives_the_same_bytes(workspace: Path) -> None:
    params = write_params(workspace)
    digests = []
    for _ in range(2):
        train.main(params)
        digests.append((digest(workspace / "model"), digest(workspace / "metrics")))
    assert digests[0] == digests[1]


def test_deterministic_operations_are_asked_for_as_params_say(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    options = backend.tf.config.experimental
    monkeypatch.setattr(options, "enable_op_determinism", lambda: asked.append(True))
    train.main(write_params(workspace, deterministic=False, epochs=1))
    assert asked == []
    train.main(write_params(workspace, deterministic=True, epochs=1))
    assert asked == [True]


def test_another_seed_gives_another_network(workspace: Path) -> None:
    train.main(write_params(workspace))
    first = digest(workspace / "model")
    train.main(write_params(workspace, {"seed": 8}))
    assert digest(workspace / "model") != first


def test_patience_ends_training_and_keeps_the_best_epoch(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train.main(write_params(workspace, learning_rate=0.5, patience=2, epochs=40))
    losses = [float(row["loss/validation"]) for row in history()]
    best = int(np.argmin(losses)) + 1
    assert len(losses) == best + 2
    assert f"selected epoch {best}:" in capsys.readouterr().out


def test_without_patience_the_last_epoch_is_kept(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train.main(write_params(workspace, learning_rate=0.5, patience=0, epochs=6))
    assert "6 epochs, selected epoch 6:" in capsys.readouterr().out


def test_a_collapsed_network_is_a_warning(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train.main(write_params(workspace, l1=[5.0]))
    assert "collapsed: it predicts" in capsys.readouterr().err


def test_a_linear_model_of_words_on_a_large_corpus_gets_a_hint_at_a_better_recipe(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "LARGE_CORPUS", 45)  # the workspace has 45 training rows
    train.main(write_params(workspace, units=[], epochs=1))
    assert "experiments best-large" in capsys.readouterr().out


def test_a_missing_model_is_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"model\.json is missing: run `dvc repro train`"):
        Predictor.load(tmp_path / "model")


STARTED = """
import runpy, sys
from imdb_genres.tracking import spawn
spawn.start_uploader = lambda config: sys.exit("late" if "tensorflow" in sys.modules else "early")
runpy.run_module("stages.train", run_name="__main__")
"""


def test_the_uploader_starts_before_tensorflow_is_imported() -> None:
    result = subprocess.run(
        [sys.executable, "-c", STARTED],
        cwd=PARAMS.parent,
        env=os.environ | {"TRACKING": "on"},
        capture_output=True,
        text=True,
    )
    assert result.stderr.strip() == "early"


def test_tokens_for_other_weights_of_the_encoder_are_a_user_error(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = TokenizedDataset.read(workspace / "data")
    tokens = Subwords(dataset.rows, 1, 2, weights="sha256 of the earlier weights")
    replace(dataset, subwords=tokens).write(workspace / "data")
    (workspace / "model.safetensors").write_bytes(b"new weights")
    monkeypatch.setattr(train, "ensure_encoder", lambda name: workspace)
    with pytest.raises(UserError, match="--force --single-item tokenize"):
        train.main(write_params(workspace, architecture="encoder"))
