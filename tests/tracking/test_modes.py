"""Every way of running an experiment in DVC gives one complete run, in the right store."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mlflow.entities import Run

from imdb_genres.cli.recover import recover
from imdb_genres.dvc_repo.git import git
from imdb_genres.dvc_repo.lockfile import output_hashes
from imdb_genres.hashing import dvc_md5
from imdb_genres.registry.logged_models import stored_model
from imdb_genres.registry.tracker import read_artifact
from imdb_genres.tracking.journal import Journal
from imdb_genres.tracking.revisions import revisions
from tests.robustness.stress import work_off
from tests.support.clone import clean_environment, clone, dvc
from tests.support.ports import free_port
from tests.support.tracked_runs import curve, runs, sync
from tests.tracking.test_server import mlflow_server

pytestmark = pytest.mark.slow

SCORE = "expected_balanced_accuracy"
EPOCHS = 5  # of a tiny clone
RATE = "train.learning_rate"
HASHES = {"dvc.params_md5", "dvc.code_md5", "dvc.data_md5", "dvc.train_key"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which the data stages have run, without an MLflow store."""
    folder = clone(tmp_path_factory.mktemp("modes") / "clone")
    dvc(folder, "repro", "tokenize")
    git("add", ".", folder=folder)
    git("commit", "--quiet", "--message=Data", folder=folder)
    return folder


@pytest.fixture
def root(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The clone as the working folder, tracked; what a test leaves in it is undone."""
    monkeypatch.chdir(made)
    monkeypatch.delenv("TRACKING")
    yield made
    git("reset", "--quiet", "--hard", "main")
    git("clean", "--quiet", "--force", "metrics")
    # a stash of the second in which HEAD was reset is not taken for a killed run's
    time.sleep(1.05 - time.time() % 1)


@pytest.fixture
def queued(root: Path) -> Path:
    """The clone after two workers began together, without a store; one ran no further than train."""
    if "whole" not in models():
        assert not Path("mlflow.db").exists()
        dvc(root, "exp", "run", "--queue", "--name=whole", f"-S{RATE}=0.01")
        dvc(root, "exp", "run", "--queue", "--name=half", f"-S{RATE}=0.02", "train")
        work_off(root, jobs=2)
    return root


def wait_until(has_come: Callable[[], bool]) -> None:
    end = time.monotonic() + 300
    while not has_come():
        assert time.monotonic() < end
        time.sleep(0.1)


def models() -> dict[str, str]:
    """Return the md5 of the model of each of DVC's experiments, by name."""
    locks = {r.experiment: r.read_lock() for r in revisions() if r.commit}
    return {
        name: output_hashes(lock, "train").get("model", "") for name, lock in locks.items() if name
    }


def run_of(name: str, epochs: int = EPOCHS) -> Run:
    """Return the only run of experiment ``name``, whole: state, curve, tags, and model."""
    wait_until(lambda: not any(Journal.all()))  # a training does not wait for the store
    (run,) = [run for run in runs() if run.info.run_name == name]
    assert run.info.status == "FINISHED"
    for fold in ("train", "validation"):
        steps = [step for step, _ in curve(run, f"accuracy/{fold}")]
        assert steps == list(range(1, epochs + 1))
    tags = run.data.tags
    assert tags["dvc.model_md5"] == models()[name] == dvc_md5(stored_model(run.info.run_id))
    assert tags["dvc.exp_name"] == name and tags["restore"] == f"dvc exp apply {name}"
    assert tags["mlflow.source.git.commit"] == git("rev-parse", "main")
    assert tags["git.dirty"] == "true" and "params.yaml" in tags["git.changed"]
    assert tags.keys() >= HASHES
    return run


def test_a_queue_is_tracked_from_the_first_second(queued: Path, tmp_path: Path) -> None:
    assert SCORE in run_of("whole").data.metrics
    assert read_artifact("whole", "metrics/scores.json", tmp_path)
    run_of("half")


def test_evaluate_adds_to_the_run_that_trained_the_model(queued: Path) -> None:
    params = Path("params.yaml")
    params.write_text(params.read_text().replace(" learning_rate: 0.001", " learning_rate: 0.02"))
    output = dvc(queued / "docs", "repro", "../dvc.yaml:evaluate")
    assert "train' is cached" in output, output
    score = run_of("half").data.metrics[SCORE]
    subprocess.run([sys.executable, "-m", "stages.evaluate"], check=True, capture_output=True)
    assert run_of("half").data.metrics[SCORE] == score
    assert len(curve(run_of("half"), SCORE)) == 1
    assert len(runs()) == len(models())


def test_an_experiment_from_the_run_cache_is_added_once(queued: Path, tmp_path: Path) -> None:
    output = dvc(queued, "exp", "run", "--name=cached", f"-S{RATE}=0.01")
    assert "'evaluate' is cached" in output, output
    assert sync()["added"] == 1
    assert not sync().total()
    (run,) = [run for run in runs() if run.info.run_name == "cached"]
    assert [step for step, _ in curve(run)] == list(range(1, EPOCHS + 1))
    assert run.data.tags["dvc.model_md5"] == models()["cached"] == models()["whole"]
    assert dvc_md5(stored_model(run.info.run_id)) == models()["whole"]
    assert read_artifact("cached", "metrics/scores.json", tmp_path)
    tracked = {name for name in run_of("whole").data.metrics if not name.startswith("system/")}
    assert tracked - run.data.metrics.keys() == {"epochs", "weights"}  # which no file holds


def test_a_killed_experiment_resumes_and_ends_with_the_same_bytes(
    root: Path, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere.db").write_bytes(database.read_bytes())
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/elsewhere.db")
    epochs = 100
    command = ["exp", "run", "--name=killed", f"-S{RATE}=0.03", f"-Strain.epochs={epochs}", "train"]
    with Path("README.md").open("a") as readme:
        readme.write("mine\n")
    kill(root, command)
    assert git("branch", "--show-current") == ""
    recover(root)
    assert git("branch", "--show-current") == "main"
    assert git("diff", "--name-only") == "README.md"
    assert "resuming after epoch" in dvc(root, *command)
    assert not list(Path(".dvc/tmp/checkpoints").iterdir())
    model = run_of("killed", epochs).data.tags["dvc.model_md5"]
    dvc(root, *command, "--force", "--single-item")  # without a kill, in the same run
    assert run_of("killed", epochs).data.tags["dvc.model_md5"] == model


def kill(root: Path, command: list[str]) -> None:
    """Begin a DVC ``command`` and end all its processes with -9 while it trains."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dvc", *command],
        cwd=root,
        env=clean_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_until(lambda: any(Path(".dvc/tmp/checkpoints").glob("*/state.npz")))
    time.sleep(random.uniform(0, 0.5))
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def test_a_temporary_workspace_reports_to_a_server(
    root: Path, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "server.db").write_bytes(database.read_bytes())
    port = free_port()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{port}")
    with mlflow_server(tmp_path, port):
        rate = f"-S../params.yaml:{RATE}=0.04"
        dvc(root / "docs", "exp", "run", "--temp", "--name=far", rate, "../dvc.yaml:train")
        assert run_of("far").info.artifact_uri.startswith("mlflow-artifacts:")
