"""A trial trains as the pipeline does, and is scored on validation films, each counting once."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imdb_genres.model.folder import write_model
from imdb_genres.networks import keras_backend
from imdb_genres.params.schema import Params, check_params
from imdb_genres.search import trial as trial_module
from imdb_genres.search.films import read_films
from imdb_genres.search.trial import RunTrial, train_fold
from imdb_genres.search.trial_result import Trial, best_result
from imdb_genres.training.fit import TrainedModel
from stages import tokenize, train
from tests.support.fake_trials import settings_with
from tests.support.params import values_with
from tests.support.workspace import GENRES, QUICK, digest, write_params, write_workspace

SMALL = {
    "tokenize.max_words": 60,
    "train.epochs": 2,
    "train.patience": 0,
    "train.cnn.embedding_size": 4,
    "train.cnn.filters": 2,
}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in (train, keras_backend):  # one process, many trainings
        monkeypatch.setattr(module, "configure", lambda settings: None)
    write_workspace(tmp_path)
    write_films(tmp_path / "data" / "balanced.parquet")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_films(path: Path, rows: int = 60) -> None:
    """Write films of one genre, validation rows between training rows; the last film has two texts."""
    rng = np.random.default_rng(1)
    genres = sorted(GENRES)
    label = [genres[row % 3] for row in range(rows)]
    texts = [" ".join(rng.choice(GENRES[genre].split(), 6)) for genre in label]
    films = [f"film {row}" for row in range(rows - 3)] + ["film last"] * 3
    fold = ["validation" if row % 4 == 0 or row >= rows - 3 else "train" for row in range(rows)]
    table = {
        "film": films,
        "title": films,
        "year": pa.array([2000] * rows, pa.int16()),
        "text": texts,
        "label": label,
        "labels": [[genre] for genre in label],
        "fold": fold,
    }
    pq.write_table(pa.table(table), path)


def run_trial(folder: Path, params: dict[str, Any], **settings: Any) -> RunTrial:
    values = values_with(params)
    checked = check_params(values)
    search = settings_with(**settings)
    films = read_films(folder / "data" / "balanced.parquet", checked.split, 7, search.folds)
    return RunTrial(films, values, search)


def changes(**others: Any) -> dict[str, Any]:
    return {f"train.{name}": value for name, value in QUICK.items()} | SMALL | others


@pytest.mark.parametrize("architecture", ["wide-deep", "cnn"])  # one of each form of input
def test_a_trial_is_the_train_stage_to_the_byte(
    workspace: Path, architecture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = changes(**{"train.architecture": architecture})
    params: Params = write_params(workspace, chosen, epochs=2)
    tokenize.main(params)
    train.main(params)
    stage = {path: digest(workspace / path) for path in ("model", "metrics")}
    run = run_trial(workspace, changes())
    models: list[TrainedModel] = []

    def train_and_keep(*arguments: Any) -> TrainedModel:
        models.append(train_fold(*arguments))
        return models[-1]

    monkeypatch.setattr(trial_module, "train_fold", train_and_keep)
    result = run(Trial(1, {"train.architecture": architecture}))
    vocabulary = workspace / "data" / "vocabulary.txt"
    write_model(workspace / "model", models[0].network, models[0].description, vocabulary)
    models[0].history.write(workspace / "metrics" / "history.csv")
    assert {path: digest(workspace / path) for path in stage} == stage
    assert result.history == models[0].history.epochs


def test_it_is_scored_on_validation_films_that_count_once(workspace: Path) -> None:
    run = run_trial(workspace, changes(**{"train.epochs": 12}))
    result = run(Trial(0, {}))
    assert result.error is None and result.score == 1
    # the three texts of the last film, one of each genre, are one film
    rows = run.films.rows(0)[1]
    assert len(set(run.films.film[rows])) == len(rows) - 2


def test_seeds_and_folds_average_trainings(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[tuple[int, int]] = []
    scores = iter([0.5, 0.25, 0.5, 0.25, 0.75, 0.5])

    def fake_training(_: Any, params: Params, seed: int, fold: int) -> Any:
        trained.append((seed - params.seed, fold))
        return next(scores), []

    monkeypatch.setattr(trial_module, "train_and_score", fake_training)
    assert run_trial(workspace, changes(), seeds=3)(Trial(0, {})).score == pytest.approx(1.25 / 3)
    assert run_trial(workspace, changes(), folds=3)(Trial(0, {})).score == 0.5
    assert trained == [(0, 0), (1, 0), (2, 0), (0, 0), (0, 1), (0, 2)]


def test_a_training_that_diverges_is_a_failed_trial(workspace: Path) -> None:
    run = run_trial(workspace, changes(**{"train.units": [], "train.optimizer": "sgd"}))
    result = run(Trial(3, {"train.learning_rate": 1e30, "train.l2": 1.0}))
    assert result.score == 0 and result.error and "learning_rate" in result.error
    assert best_result([result, run(Trial(4, {"train.learning_rate": 0.1}))]).number == 4
