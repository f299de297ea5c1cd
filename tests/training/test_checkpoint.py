"""A stopped training resumes, and ends with the same bytes as an uninterrupted one."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from imdb_genres.training import checkpoint
from imdb_genres.training.checkpoint import Checkpoint, open_checkpoint
from imdb_genres.training.loop import TrainingState
from imdb_genres.training.trainer import Trainer
from stages import train
from tests.support.workspace import digest, write_params, write_workspace

CHANGES: dict[str, Any] = {"epochs": 30, "patience": 6, "learning_rate": 0.05}


class CrashError(Exception):
    pass


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(train, "configure", lambda settings: None)
    monkeypatch.setattr(checkpoint, "INTERVAL", 0)
    write_workspace(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def results() -> tuple[str, str]:
    return digest(Path("model")), digest(Path("metrics"))


def checkpoints() -> list[Path]:
    return list(Path(".dvc/tmp/checkpoints").iterdir())


def crash_in(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, call: int, after: bool
) -> None:
    """Let the ``call``-th call of ``owner.name`` crash, before or ``after`` its work."""
    work, calls = getattr(owner, name), iter(range(1, 10_000))

    def crashing(*arguments: object) -> object:
        crash = next(calls) == call
        if crash and not after:
            raise CrashError
        result = work(*arguments)
        if crash:
            raise CrashError
        return result

    monkeypatch.setattr(owner, name, crashing)


def test_a_stopped_training_ends_with_the_same_bytes(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    params = write_params(workspace, **CHANGES)
    train.main(params)
    expected = results()
    assert checkpoints() == []
    moments = [
        (Trainer, "train_epoch", 3, False),
        (Checkpoint, "save", 2, True),
        (Trainer, "logits", 5, True),
    ]
    for moment in moments:
        with monkeypatch.context() as patch:
            crash_in(patch, *moment)
            with pytest.raises(CrashError):
                train.main(params)
    capsys.readouterr()
    train.main(params)
    assert "resuming after epoch 7" in capsys.readouterr().out
    assert results() == expected
    assert checkpoints() == []


def test_a_changed_parameter_does_not_resume_from_another_checkpoint(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    crash_in(monkeypatch, Checkpoint, "save", 2, True)
    with pytest.raises(CrashError):
        train.main(write_params(workspace, **CHANGES))
    train.main(write_params(workspace, **CHANGES, dropout=[0.3]))
    assert "resuming" not in capsys.readouterr().out


def test_a_corrupt_checkpoint_is_ignored(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    params = write_params(workspace, **CHANGES)
    crash_in(monkeypatch, Checkpoint, "save", 2, True)
    with pytest.raises(CrashError):
        train.main(params)
    state = checkpoints()[0] / "state.npz"
    state.write_bytes(state.read_bytes()[:-100])
    train.main(params)
    assert "resuming" not in capsys.readouterr().out


def test_a_second_training_of_the_same_has_no_checkpoint(workspace: Path) -> None:
    params = write_params(workspace, **CHANGES)
    with open_checkpoint("train") as first, open_checkpoint("train") as second:
        assert first and second is None
        train.main(params)
    assert digest(workspace / "model")


def test_checkpoints_take_a_small_share_of_the_time(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[int] = []

    def write(_: Checkpoint, trainer: Trainer, state: TrainingState) -> None:
        saved.append(state.epoch)

    monkeypatch.setattr(Checkpoint, "_write", write)
    monkeypatch.setattr(checkpoint, "INTERVAL", 1e9)
    train.main(write_params(workspace, **CHANGES))
    assert saved == [1]


def start_training(folder: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "TRACKING": "off", "PYTHONHASHSEED": str(random.randrange(1000))}
    return subprocess.Popen(
        [sys.executable, "-m", "stages.train"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.mark.slow
def test_a_killed_training_ends_with_the_same_bytes(workspace: Path) -> None:
    write_params(workspace, **{**CHANGES, "epochs": 400, "patience": 0})
    assert start_training(workspace).wait() == 0
    expected = results()
    for _ in range(3):
        process = start_training(workspace)
        while process.poll() is None and not list(Path(".dvc/tmp/checkpoints").glob("*/state.npz")):
            time.sleep(0.01)
        time.sleep(random.uniform(0, 1.5))
        process.kill()
        assert process.wait() == -signal.SIGKILL
    process = start_training(workspace)
    output, _ = process.communicate()
    assert "resuming after epoch" in output
    assert results() == expected
