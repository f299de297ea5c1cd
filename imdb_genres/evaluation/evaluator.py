"""Scores a model and the baselines on the test films."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from imdb_genres.evaluation.baselines import LOGISTIC, Baselines
from imdb_genres.evaluation.bootstrap import difference
from imdb_genres.evaluation.findings import Findings
from imdb_genres.evaluation.metrics import (
    PRIMARY_METRIC,
    Predictions,
    Ratio,
    Truth,
    ceiling,
    chance,
    compute_metrics,
    expected_confusion,
    round_probabilities,
)
from imdb_genres.evaluation.predictions import PredictionTable, ground_truth
from imdb_genres.evaluation.reliability import calibration_error, reliability
from imdb_genres.evaluation.tables import (
    MODEL_METHOD,
    all_scores,
    confusion_table,
    genre_table,
    score_table,
)
from imdb_genres.inference.predictor import Predictor
from imdb_genres.io.parquet import read_columns, read_rows


def evaluate(
    films: Path, predictor: Predictor, baselines: Baselines, resamples: int, seed: int
) -> Findings:
    """Score the model and the ``baselines`` on the test rows of the table ``films``."""
    test = read_rows(films, "fold", "test").to_pandas()
    truth = ground_truth(test, predictor.genres)
    predictions = {MODEL_METHOD: predict(predictor, test["text"])} | baselines.predictions
    table, primary = score_methods(truth, predictions, resamples, seed)
    bins = reliability(truth, predictions[MODEL_METHOD])
    confusion = expected_confusion(truth, predictions[MODEL_METHOD].predicted)
    logistic, model = primary[LOGISTIC], primary[MODEL_METHOD]
    others = {
        "ceiling": ceiling(truth),
        "chance": chance(truth),
        LOGISTIC: logistic.score(),
        "logistic_regression_fitted_rows": baselines.fitted_rows,
        "calibration_error": calibration_error(bins),
    }
    return Findings(
        scores=all_scores(table, MODEL_METHOD, others),
        methods=table,
        difference=difference([logistic], [model], seed),
        baseline_note=baselines.note,
        genres=genre_table(confusion, predictor.genres),
        confusion=confusion_table(confusion, predictor.genres),
        reliability=bins,
        predictions=PredictionTable.of(test, predictions[MODEL_METHOD], predictor.genres),
        test=test,
        training_films=count_training_films(films),
    )


def score_methods(
    truth: Truth, predictions: dict[str, Predictions], resamples: int, seed: int
) -> tuple[pd.DataFrame, dict[str, Ratio]]:
    """Return the table of all scores, and each method's primary metric.

    The terms of one method are in memory at a time: those of a million films take gigabytes.
    """
    tables, primary = [], {}
    for method, values in predictions.items():
        metrics = compute_metrics(truth, values)
        tables.append(score_table(method, metrics, resamples, seed))
        primary[method] = metrics[PRIMARY_METRIC]
    return pd.concat(tables, ignore_index=True), primary


def count_training_films(films: Path) -> pd.Series:
    """Return the number of training films by genre; a film of k genres counts 1/k."""
    rows = zip(*read_columns(films, "film", "fold", "labels"), strict=True)
    labels_of = {film: labels for film, fold, labels in rows if fold == "train"}
    counts: Counter[str] = Counter()
    for labels in labels_of.values():
        counts.update(dict.fromkeys(labels, 1 / len(labels)))
    return pd.Series(counts, dtype=float).round(6)


def predict(predictor: Predictor, texts: Iterable[str]) -> Predictions:
    """Return the model's predictions for ``texts``; decisions are taken on rounded probabilities."""
    probabilities = round_probabilities(predictor.predict_proba(texts))
    single_label = round_probabilities(predictor.single_label_proba(probabilities))
    return Predictions(single_label, predictor.predict_labels(probabilities))
