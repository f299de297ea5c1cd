"""The data of a run: MLflow's dataset entries, and the keys of the films it was trained on."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from imdb_genres.hashing import dvc_md5
from imdb_genres.paths import DATA

BALANCED = DATA / "balanced.parquet"
TRAINING_FILMS = "training_films.parquet"  # columns film, fold


def list_datasets(stage: str) -> list[dict[str, Any]]:
    """Return entries (path, md5, context, rows) for the data that ``stage`` reads."""
    if stage == "train":
        validation = np.load(DATA / "tokens.npz")["validation"]
        rows = {"training": int((~validation).sum()), "validation": int(validation.sum())}
        return [_entry(DATA / "tokens.npz", context, count) for context, count in rows.items()]
    folds = pq.read_table(DATA / "split.parquet", columns=["fold"])["fold"].to_pylist()
    return [_entry(DATA / "split.parquet", "test", folds.count("test"))]


def _entry(path: Path, context: str, rows: int) -> dict[str, Any]:
    name = f"{path.as_posix()} ({context})"
    return {
        "name": name,
        "path": path.as_posix(),
        "digest": dvc_md5(path),
        "context": context,
        "rows": rows,
    }


def write_training_films(target: Path) -> None:
    """Write the keys of the films of training and validation, each once, if they are known here."""
    if not BALANCED.exists():
        return
    films = pq.read_table(BALANCED, columns=["film", "fold"])
    films = films.group_by(["film", "fold"]).aggregate([]).sort_by("film")
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(films.select(["film", "fold"]), target)


def fold_of(film: str, path: Path) -> str | None:
    """Return the fold in which a film was used: training or validation; None if in neither."""
    films = pq.read_table(path, filters=[("film", "==", film)])
    folds: list[str] = films["fold"].to_pylist()
    return folds[0] if folds else None
