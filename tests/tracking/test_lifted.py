"""The library tracks another project's pipeline: docs/tracking.md, followed word for word."""

import re
import subprocess
import sys
from hashlib import md5
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from tests.robustness.stress import work_off
from tests.support.clone import dvc
from tests.support.params import PARAMS as PARAMS_FILE

ROOT = PARAMS_FILE.parent
PAGE = (ROOT / "docs" / "tracking.md").read_text()
FILE = re.compile(r"```\w+ (\S+)\n(.*?)```", re.S)
COMMANDS = re.compile(r"```\n(.*?)```", re.S)


def make_project(folder: Path) -> Path:
    """Follow docs/tracking.md in ``folder``, up to the first commit."""
    folder.mkdir()
    folder.with_name("imdb-genres").symlink_to(ROOT)
    install, *copy = COMMANDS.findall(PAGE)[0].splitlines()
    assert install.startswith("pip install")
    run(folder, "sh", "-ec", "\n".join(copy))
    for name, text in FILE.findall(PAGE):
        (folder / name).write_text(text)
    run(folder, "git", "init", "-q", "-b", "main")
    run(folder, "git", "config", "user.name", "Ann Other")
    run(folder, "git", "config", "user.email", "ann@example.org")
    run(folder, sys.executable, "-m", "dvc", "init", "-q")
    run(folder, "git", "add", "--all")
    run(folder, "git", "commit", "-qm", "Track the pipeline")
    return folder


def run(folder: Path, *command: str) -> str:
    return subprocess.check_output(command, cwd=folder, text=True)


@pytest.mark.slow
def test_repro_an_experiment_and_a_queue_of_another_project_are_tracked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRACKING")
    root = make_project(tmp_path / "project")
    dvc(root, "repro")
    assert errors(root) == {"main": 0.25}
    dvc(root, "exp", "run", "--name", "fast", "-S", "train.learning_rate=0.9")
    dvc(root, "exp", "run", "--queue", "--name", "slow", "-S", "train.learning_rate=0.1")
    work_off(root, jobs=1)
    assert errors(root).keys() == {"main", "fast", "slow"}
    assert {run.info.status for run in stored_runs(root)} == {"FINISHED"}
    slow, _, main = stored_runs(root)
    assert slow.data.tags["changed"] == "train.learning_rate=0.1"
    assert main.data.tags["git.dirty"] == "false"
    assert main.data.tags["dvc.data_md5"] == md5(b"{}").hexdigest()  # train.py is code, not data
    client = MlflowClient(f"sqlite:///{root}/mlflow.db")
    curve = client.get_metric_history(slow.info.run_id, "loss/train")
    assert [point.step for point in curve] == [1, 2, 3]
    with monkeypatch.context() as off:
        off.setenv("TRACKING", "off")
        dvc(root, "exp", "run", "--temp", "--name", "later", "-S", "train.learning_rate=0.2")
    assert "'added': 1" in run(root, sys.executable, "-m", "my_project.sync")
    assert "Counter()" in run(root, sys.executable, "-m", "my_project.sync")
    assert "later" in errors(root)


def stored_runs(root: Path) -> list[Run]:
    client = MlflowClient(f"sqlite:///{root}/mlflow.db")
    experiment = client.get_experiment_by_name("my-project")
    assert experiment
    return list(client.search_runs([experiment.experiment_id]))


def errors(root: Path) -> dict[str, float]:
    """Return the score of each run, by DVC's name or the branch's."""
    return {
        run.info.run_name.partition("-")[0]: run.data.metrics["error"] for run in stored_runs(root)
    }


WORDS = {
    "imdb-genres",
    "film",
    "films",
    "genre",
    "genres",
    "movie",
    "imdb",
    "plot",
    "keras",
    "tensorflow",
}


def test_the_library_has_no_word_of_this_project() -> None:
    for path in (ROOT / "imdb_genres" / "tracking").glob("*.py"):
        text = path.read_text().replace("imdb_genres", "").replace("`", " ")
        found = WORDS & set(text.lower().replace(".", " ").replace("_", " ").split())
        assert not found, f"{path.name}: {found}"
