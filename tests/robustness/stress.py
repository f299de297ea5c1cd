"""Queues many experiments at once in a fresh clone without a store, and counts what is lost.

``python -m tests.robustness.stress --experiments 8 --jobs 4``
"""

import argparse
import re
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlparse

from mlflow import MlflowClient

from imdb_genres.dvc_repo.git import git, git_bytes
from imdb_genres.dvc_repo.lockfile import output_hashes, parse_lock
from tests.support.clone import clone, dvc

SCORE = "expected_balanced_accuracy"
EPOCHS = 5
STARTS = 20
LOOK_SECONDS = 5
NOBODY = "Worker status: 0 active, 0 idle"


def main() -> None:
    """Print the counts; end with status 1 if anything is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=4)
    arguments = parser.parse_args()
    with TemporaryDirectory() as name:
        root = clone(Path(name) / "clone", {"train.epochs": EPOCHS})
        start = time.monotonic()
        queue(root, arguments.experiments)
        restarts = work_off(root, arguments.jobs)
        minutes = (time.monotonic() - start) / 60
        counts = count(root)
        messages = failures(root)
    print(f"{arguments.experiments} experiments, {arguments.jobs} at a time, {minutes:.1f} minutes")
    print(f"workers started again: {restarts}")
    for what, number in counts.items():
        print(f"{what}: {number}")
    print("\n".join(messages))
    sys.exit(any(number != arguments.experiments for number in counts.values()))


def queue(root: Path, experiments: int) -> None:
    """Queue trainings that differ in their learning rate, one a name."""
    for number in range(experiments):
        rate = f"train.learning_rate={0.01 + number / 10_000:.4f}"
        dvc(root, "exp", "run", "--queue", "--name", f"stress-{number:03}", "--set-param", rate)


def work_off(root: Path, jobs: int) -> int:
    """Start workers and wait until the queue is empty; return how often they had to be restarted.

    DVC's workers may end with work left, when they look at the queue before it is written.
    """
    for restarts in range(STARTS):
        dvc(root, "queue", "start", "--jobs", str(jobs))
        while True:
            time.sleep(LOOK_SECONDS)
            status = dvc(root, "queue", "status")
            if not re.search(r"\b(Queued|Running)$", status, re.MULTILINE):
                return restarts
            if NOBODY in status:
                break
    raise RuntimeError(f"the workers do not come to an end: {status}")


def failures(root: Path) -> list[str]:
    """Return the name of each task that DVC calls failed, with the last lines of its log."""
    lines = [line.split() for line in dvc(root, "queue", "status").splitlines()]
    names = [words[1] for words in lines if "Failed" in words]
    return [f"{name} failed: {dvc(root, 'queue', 'logs', name)[-1500:]}" for name in names]


def count(root: Path) -> dict[str, int]:
    """Return how many experiments DVC kept, and how many of MLflow's runs are whole."""
    client = MlflowClient(f"sqlite:///{root / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("imdb-genres")
    assert experiment
    runs = client.search_runs([experiment.experiment_id], max_results=10_000)
    models = models_of_experiments(root)
    counts = Counter({"DVC experiments": len(models), "MLflow runs": len(runs)})
    for run in runs:
        counts["finished"] += run.info.status == "FINISHED"
        history = client.get_metric_history(run.info.run_id, "accuracy/validation")
        counts["whole curves"] += [point.step for point in history] == list(range(1, EPOCHS + 1))
        counts["scores"] += SCORE in run.data.metrics
        artifacts = Path(unquote(urlparse(run.info.artifact_uri).path))
        counts["artifacts"] += (artifacts / "metrics" / "scores.json").exists()
        counts["tagged with DVC's model"] += models.get(run.info.run_name) == run.data.tags.get(
            "dvc.model_md5"
        )
    return dict(counts)


def models_of_experiments(root: Path) -> dict[str, str]:
    """Return the md5 of the model that each of DVC's experiments holds, by name."""
    refs = git("for-each-ref", "--format=%(refname)", "refs/exps", folder=root).splitlines()
    names = [ref for ref in refs if ref.rpartition("/")[2].startswith("stress-")]
    locks = {
        ref: parse_lock(git_bytes("show", f"{ref}:dvc.lock", folder=root).decode()) for ref in names
    }
    return {
        ref.rpartition("/")[2]: output_hashes(lock, "train")["model"] for ref, lock in locks.items()
    }


if __name__ == "__main__":
    main()
