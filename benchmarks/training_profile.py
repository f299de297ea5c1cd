"""Where the CPU time of a training goes: ``python -m benchmarks.training_profile`` after `dvc repro tokenize`."""

import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from imdb_genres.networks.keras_backend import configure
from imdb_genres.params.schema import read_params
from imdb_genres.paths import DATA
from imdb_genres.training import fit
from imdb_genres.training.checkpoint import Checkpoint
from imdb_genres.training.dataset import TokenizedDataset
from imdb_genres.training.trainer import Trainer

PARTS: list[tuple[Any, str]] = [
    (fit, "make_trainer"),
    (fit, "check_forward"),
    (Trainer, "train_epoch"),
    (Trainer, "evaluate"),
    (Checkpoint, "save"),
    (fit, "model_description"),
]


def main() -> None:
    """Print a table in Markdown."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for owner, name in PARTS:
        setattr(owner, name, timed(getattr(owner, name), seconds[name]))
    params = read_params()
    configure(params.train)
    dataset = TokenizedDataset.read(DATA)
    start = time.process_time()
    with TemporaryDirectory() as folder:
        checkpoint = Checkpoint(Path(folder) / "state.npz")
        fit.train_model(dataset, params.train, params.seed, fit.Callbacks(checkpoint=checkpoint))
    total = time.process_time() - start
    print("| part | calls | CPU s | of it the first call | share |\n|---|---:|---:|---:|---:|")
    for name, calls in seconds.items():
        spent = sum(calls)
        print(f"| {name} | {len(calls)} | {spent:.2f} | {calls[0]:.2f} | {spent / total:.0%} |")
    print(f"| all of train_model | 1 | {total:.2f} | | 100% |")


def timed(function: Callable[..., Any], seconds: list[float]) -> Callable[..., Any]:
    """Return ``function`` that adds the CPU time of each call to ``seconds``."""

    def call(*arguments: Any, **options: Any) -> Any:
        start = time.process_time()
        try:
            return function(*arguments, **options)
        finally:
            seconds.append(time.process_time() - start)

    return call


if __name__ == "__main__":
    main()
