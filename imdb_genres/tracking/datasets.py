"""Datasets as MLflow lists them: a file, the md5 that dvc.lock holds, how many rows, what for."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from imdb_genres.hashing import dvc_md5
from imdb_genres.paths import DATA


def datasets_of(stage: str) -> list[dict[str, Any]]:
    """Return the entries of a record for the rows that ``stage`` learned from or was tested on."""
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
