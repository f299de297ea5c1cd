"""Evaluate the model and the baselines on the test films, and write scores, tables and a report."""

from collections.abc import Iterable

import pandas as pd

from imdb_genres.evaluation.baselines import LOGISTIC, Baselines, read_baselines
from imdb_genres.evaluation.bootstrap import difference, verdict
from imdb_genres.evaluation.findings import EVALUATION, Findings, write_metrics
from imdb_genres.evaluation.metrics import (
    PRIMARY_METRIC,
    Predictions,
    ceiling,
    chance,
    compute_metrics,
    expected_confusion,
    round_probabilities,
)
from imdb_genres.evaluation.predictions import PredictionTable, ground_truth
from imdb_genres.evaluation.reliability import calibration_error, reliability
from imdb_genres.evaluation.report import write_report
from imdb_genres.evaluation.tables import (
    MODEL_METHOD,
    all_scores,
    confusion_table,
    genre_table,
    humanize,
    score_table,
    terminal_table,
)
from imdb_genres.inference.predictor import Predictor
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA, METRICS
from imdb_genres.registry import tracker
from imdb_genres.stage import run_stage


def main(params: Params) -> None:
    """Write metrics/ and data/evaluation/, log them, and print the table of scores."""
    films = pd.read_parquet(DATA / "split.parquet")
    predictor = Predictor.load()
    with tracker.evaluation() as tracked:
        resamples = params.evaluate.bootstrap_resamples
        findings = evaluate(films, predictor, read_baselines(), resamples, params.seed)
        write_metrics(findings)
        with atomic_replace(EVALUATION) as folder:
            folder.mkdir()
            findings.predictions.write(folder / "predictions.parquet")
            write_report(folder / "report.html", findings, predictor)
        tracked.log_scores(findings.scores)
        tracked.log_artifacts(METRICS)
        tracked.log_artifacts(EVALUATION)
    print(summary(findings))
    if tracked.outcome:
        print(f"In MLflow it is {tracked.outcome}")
    print(next_step(findings))


def evaluate(
    films: pd.DataFrame, predictor: Predictor, baselines: Baselines, resamples: int, seed: int
) -> Findings:
    """Score the model and the ``baselines`` on the test rows of ``films``."""
    test = films[films["fold"] == "test"]
    truth = ground_truth(test, predictor.genres)
    predictions = {MODEL_METHOD: predict(predictor, test["text"])} | baselines.predictions
    metrics = {method: compute_metrics(truth, values) for method, values in predictions.items()}
    table = score_table(metrics, resamples, seed)
    bins = reliability(truth, predictions[MODEL_METHOD])
    confusion = expected_confusion(truth, predictions[MODEL_METHOD].predicted)
    logistic, model = (metrics[method][PRIMARY_METRIC] for method in (LOGISTIC, MODEL_METHOD))
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
        films=films,
    )


def predict(predictor: Predictor, texts: Iterable[str]) -> Predictions:
    """Return the model's predictions for ``texts``; decisions are taken on rounded probabilities."""
    probabilities = round_probabilities(predictor.predict(texts))
    single_label = round_probabilities(predictor.single(probabilities))
    return Predictions(single_label, predictor.several(probabilities))


def summary(findings: Findings) -> str:
    """Return the table of scores and what it means."""
    scores = findings.scores
    lines = [
        f"evaluate: {findings.test['film'].nunique()} test films, {len(findings.genres)} genres; "
        "each score with its 95 % interval",
        "",
        terminal_table(findings.methods),
        "",
        f"The highest possible {humanize(PRIMARY_METRIC)} is {scores['ceiling']:.3f}, "
        f"chance is {scores['chance']:.3f}. {findings.baseline_note}".strip(),
        verdict("logistic regression", "the model", findings.difference),
        f"Charts, confusions and mistakes: {EVALUATION / 'report.html'}",
    ]
    return "\n".join(lines)


def next_step(findings: Findings) -> str:
    """Return what to do next, given how the model compares with logistic regression."""
    if findings.difference.significant and findings.difference.value > 0:
        return (
            "Next: `imdb-genres predict` and `imdb-genres demo` use the model, "
            "`imdb-genres leaderboard` ranks all experiments."
        )
    return (
        "Next: `make best` trains the best recipe known, which beats logistic regression; "
        "`dvc exp run -S train.dropout=0.5` changes one parameter of this one."
    )


if __name__ == "__main__":
    run_stage(main, "evaluate")
