"""The effect of ``train.threads``, alone and next to another training; and of DVC's queue.

``python -m benchmarks.threads [--rounds 3]`` where `dvc repro` has run. Every training is of 100 epochs.
"""

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from benchmarks.measure import Cost, median, run
from benchmarks.workspace import training_workspace
from imdb_genres.dvc_repo.git import git
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.experiments.overrides import apply_changes
from imdb_genres.experiments.recipes import PARAMS
from tests.support.clone import clone, dvc

TRAIN = [sys.executable, "-m", "stages.train"]
EPOCHS = {"train.epochs": 100, "train.patience": 0}
SECONDS = 900  # after which a queue that does not end has failed


def main() -> None:
    """Print both tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, of which the median")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        print(thread_table(Path(folder), options.threads, options.rounds), "\n")
        print(queue_table(Path(folder), options.rounds))


def thread_table(folder: Path, choices: list[int], rounds: int) -> str:
    """Return what one training costs, and each of two at the same time, by number of threads."""
    lines = ["| threads | trainings at once | wall s | CPU s of each |", "|---|---|---:|---:|"]
    workspaces = {threads: training_workspaces(folder, threads) for threads in choices}
    runs: dict[tuple[int, int], list[Cost]] = {}
    for _ in range(rounds):
        for threads, pair in workspaces.items():
            for together in (1, 2):
                runs.setdefault((threads, together), []).append(train_together(pair[:together]))
    for (threads, together), costs in runs.items():
        cost = median(costs)
        lines.append(f"| {threads} | {together} | {cost.wall:.1f} | {cost.cpu:.1f} |")
    return "\n".join(lines)


def training_workspaces(folder: Path, threads: int) -> list[Path]:
    """Return two workspaces that hold what train reads."""
    changes = {**EPOCHS, "train.threads": threads}
    return [training_workspace(folder / f"{threads}-{number}", changes) for number in (1, 2)]


def train_together(folders: list[Path]) -> Cost:
    """Train in all folders at once; return the time until the last ends, and the mean CPU time."""
    start = time.perf_counter()
    with ThreadPoolExecutor() as pool:
        costs = list(pool.map(lambda folder: run(TRAIN, folder), folders))
    cpu = sum(cost.cpu for cost in costs) / len(costs)
    return Cost(time.perf_counter() - start, cpu, max(cost.peak for cost in costs))


def queue_table(folder: Path, rounds: int) -> str:
    """Return how long the queue takes for one experiment, and for two at the same time."""
    root = full_clone(folder / "clone")
    times: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(rounds):
        for jobs in times:
            times[jobs].append(queue_seconds(root, turn, jobs))
    one, two = (sorted(seconds)[rounds // 2] for seconds in times.values())
    return "\n".join(
        [
            "| `dvc queue start` | wall s | to one |",
            "|---|---:|---:|",
            f"| `-j 1`, one experiment | {one:.1f} | 1 |",
            f"| `-j 2`, two experiments | {two:.1f} | {two / one:.2f} |",
        ]
    )


def full_clone(folder: Path) -> Path:
    """Return a clone with the default recipe's parameters, all stages of which have run."""
    defaults = yaml.safe_load((repository_root() / PARAMS).read_text(encoding="utf-8"))
    root = clone(folder, apply_changes(defaults, EPOCHS))
    dvc(root, "repro")
    git("commit", "--quiet", "--all", "--message=Run", folder=root)
    return root


def queue_seconds(root: Path, turn: int, jobs: int) -> float:
    """Queue that many new trainings, and wait until their results are there."""
    names = [f"turn-{turn}-{jobs}-{number}" for number in range(jobs)]
    for number, name in enumerate(names):
        rate = 0.001 + turn / 10_000 + jobs / 100_000 + number / 1_000_000
        change = f"train.learning_rate={rate:.6f}"
        dvc(root, "exp", "run", "--queue", "--name", name, "--set-param", change)
    start = time.perf_counter()
    dvc(root, "queue", "start", "--jobs", str(jobs))
    while not all(ref in git("for-each-ref", "refs/exps", folder=root) for ref in names):
        if time.perf_counter() - start > SECONDS:
            sys.exit(dvc(root, "queue", "status"))
        time.sleep(0.2)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
