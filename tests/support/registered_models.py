"""Models of a known skill, trained, evaluated and registered in the store of a workspace."""

from pathlib import Path

import numpy as np
import pandas as pd
from mlflow.entities.model_registry import ModelVersion

from imdb_genres.registry.find_model import REGISTERED_MODEL
from imdb_genres.registry.tracker import TRACKER
from tests.support.tracked_runs import ROWS, open_store, train

GENRES = ["Comedy", "Horror", "Western"]


def write_predictions(skill: float, seed: int = 1, films: int = 200) -> Path:
    """Write the predictions of a model that names a film's genre with probability ``skill``."""
    truth = np.random.default_rng(seed)
    label = truth.integers(3, size=films)
    luck = np.random.default_rng(5)
    named = np.where(luck.random(films) < skill, label, luck.integers(3, size=films))
    names = np.array(GENRES)
    frame = pd.DataFrame(
        {
            "film": [f"film {seed} {number}" for number in range(films)],
            "label": names[label],
            "labels": [[name] for name in names[label]],
            "named": names[named],
            "listed": [[name] for name in names[named]],
        }
    )
    path = Path("data/evaluation/predictions.parquet")
    path.parent.mkdir(exist_ok=True)
    frame.assign(**dict.fromkeys(GENRES, 0.3)).to_parquet(path)
    return path


def train_another(weights: str) -> None:
    """Train a model that has these weights, with a history of its own."""
    train([row | {"loss/train": row["loss/train"] + len(weights)} for row in ROWS], weights)


def evaluate_model(skill: float, seed: int = 1) -> str | None:
    """What evaluate does with a model of that ``skill`` on the films of ``seed``."""
    with TRACKER.evaluation() as run:
        run.log_metrics({"expected_balanced_accuracy": skill})
        run.log_artifacts(write_predictions(skill, seed).parent)
    return run.outcome


def register_model(skill: float, weights: str = "w", seed: int = 1) -> str:
    """Train and evaluate a model; return what was decided about it."""
    train_another(weights)
    return str(evaluate_model(skill, seed))


def versions() -> list[ModelVersion]:
    """Return the versions of the registered model, the first one first."""
    found = open_store().client.search_model_versions(f"name = '{REGISTERED_MODEL}'")
    return sorted(found, key=lambda version: int(version.version))


def champion() -> str:
    """Return the champion's version."""
    client = open_store().client
    return str(client.get_model_version_by_alias(REGISTERED_MODEL, "champion").version)
