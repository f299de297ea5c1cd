"""What a user waits for: ``dvc exp run -S train.dropout=...``, compared with one plain script.

``python -m benchmarks.turnaround [--rounds 3]``, in a clone on the default corpus whose other stages
are in DVC's cache. The script imports the same libraries once, trains, evaluates and logs to MLflow.
Both find a store that exists: creating a database takes seconds, once.
"""

import argparse
import random
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Cost, median, run, table
from benchmarks.uploader import run_tracked
from imdb_genres.dvc_repo.git import git
from imdb_genres.dvc_repo.root import repository_root
from tests.support.clone import dvc

EXPERIMENT, SCRIPT = "dvc exp run", "one script"
PYTHON = f"PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH; python"
PARTS = {
    "interpreter": "-c pass",
    "imports of train, with TensorFlow": "-c 'import stages.train, tensorflow'",
    "imports of evaluate": "-c 'import stages.evaluate'",
    "import of MLflow": "-c 'import mlflow'",
    "train, untracked": "-m stages.train",
    "evaluate, untracked": "-m stages.evaluate",
    "dvc status": "-m dvc status --quiet",
}
STRAIGHT = """
import sys, pathlib, mlflow
from imdb_genres.params.schema import read_params
from stages import evaluate, train
params = read_params()
train.main(params)
evaluate.main(params)
import csv, json
client = mlflow.MlflowClient("sqlite:///" + sys.argv[1] + "/mlflow.db")
run = client.create_run(client.get_experiment_by_name("straight").experiment_id)
for row in csv.DictReader(open("metrics/history.csv")):
    for key, value in row.items():
        client.log_metric(run.info.run_id, key, float(value), step=int(row["epoch"]))
for key, value in json.load(open("metrics/scores.json")).items():
    client.log_metric(run.info.run_id, key, value)
for folder in ("metrics", "data/evaluation", "model"):
    client.log_artifacts(run.info.run_id, folder, folder)
client.set_terminated(run.info.run_id)
"""


def main() -> None:
    """Print the comparison, and what each part takes, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, of which the median")
    rounds = parser.parse_args().rounds
    with TemporaryDirectory() as name:
        folder = make_clone(Path(name))
        store = make_store(Path(name) / "store")
        costs: dict[str, list[Cost]] = {EXPERIMENT: [], SCRIPT: []}
        for _ in range(rounds):
            costs[EXPERIMENT].append(run_experiment(folder))
            costs[SCRIPT].append(run_script(folder, store))
        print(table({what: median(each) for what, each in costs.items()}, peer=SCRIPT), "\n")
        print("| part | wall s | CPU s | peak MB |\n|---|---:|---:|---:|")
        for part, options in PARTS.items():
            cost = run(["sh", "-c", f"export TRACKING=off; {PYTHON} {options}"], folder)
            print(f"| {part} | {cost.wall:.2f} | {cost.cpu:.2f} | {cost.peak:.0f} |")


def make_clone(folder: Path) -> Path:
    """Return a clone with a run of the default parameters, a store, and warm caches."""
    clone = folder / "clone"
    git("clone", "--quiet", str(repository_root()), str(clone))
    cache = read_cache_folder()
    dvc(clone, "config", "--local", "cache.dir", str(cache))
    dvc(clone, "repro", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--all", "--message=Default run", folder=clone)
    subprocess.run([sys.executable, "-m", "imdb_genres.cli", "sync"], cwd=clone, check=True)
    return clone


def make_store(folder: Path) -> Path:
    """Return a folder with the script's own MLflow store, and its artifacts."""
    folder.mkdir()
    uri, artifacts = f"sqlite:///{folder / 'mlflow.db'}", str(folder / "artifacts")
    code = "import mlflow, sys; mlflow.MlflowClient(sys.argv[1]).create_experiment(*sys.argv[2:])"
    command = [sys.executable, "-c", code, uri, "straight", artifacts]
    subprocess.run(command, cwd=folder, check=True)
    return folder


def read_cache_folder() -> Path:
    """Return this repository's cache of DVC."""
    return Path(dvc(repository_root(), "cache", "dir").strip())


def run_experiment(folder: Path) -> Cost:
    """Return the cost of an experiment, its uploader included, from a workspace of the default.

    Its dropout is drawn: DVC's cache has the result of any value that was measured before.
    """
    git("checkout", "--quiet", "--", ".", folder=folder)
    dropout = round(random.uniform(0.4, 0.5), 9)
    command = f"{PYTHON} -m dvc exp run --set-param train.dropout={dropout}"
    return run_tracked(["sh", "-c", command], folder)


def run_script(folder: Path, store: Path) -> Cost:
    """Return the cost of the same work in one process."""
    script = store / "straight.py"
    script.write_text(STRAIGHT)
    environment = f"TRACKING=off PYTHONPATH={shlex.quote(str(folder))}"
    command = f"export {environment}; {PYTHON} {shlex.join([str(script), str(store)])}"
    return run(["sh", "-c", command], folder)


if __name__ == "__main__":
    main()
