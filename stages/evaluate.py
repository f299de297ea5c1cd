"""Measures the model on the test films beside the baselines, and shows what it has learnt."""

from collections.abc import Iterable

import pandas as pd

from imdb_genres import tracking
from imdb_genres.evaluation.baselines import LOGISTIC, read_baselines
from imdb_genres.evaluation.bootstrap import difference, verdict
from imdb_genres.evaluation.metrics import (
    PRIMARY_METRIC,
    Answer,
    ceiling,
    chance,
    expected_confusion,
    ratios,
)
from imdb_genres.evaluation.predictions import ground_truth, prediction_table
from imdb_genres.evaluation.reliability import calibration_error, reliability
from imdb_genres.evaluation.report import Findings, write_report
from imdb_genres.evaluation.tables import (
    confusion_table,
    flat_scores,
    genre_table,
    score_table,
    terminal_table,
)
from imdb_genres.inference.predictor import Predictor
from imdb_genres.io.atomic import atomic_replace, write_json
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA, METRICS
from imdb_genres.stage import run_stage

EVALUATION = DATA / "evaluation"
MODEL = "model"


def main(params: Params) -> None:
    """Write metrics/ and data/evaluation/, report them, and print the table of scores."""
    films = pd.read_parquet(DATA / "split.parquet")
    predictor = Predictor.load()
    with tracking.evaluation() as tracked:
        findings = evaluate(
            films, predictor, read_baselines(), params.evaluate.bootstrap, params.seed
        )
        write_metrics(findings)
        with atomic_replace(EVALUATION) as folder:
            folder.mkdir()
            findings.predictions.to_parquet(folder / "predictions.parquet", index=False)
            write_report(folder / "report.html", findings, predictor)
        tracked.log_scores(findings.scores)
        tracked.log_artifacts(METRICS)
        tracked.log_artifacts(EVALUATION)
        registered = tracked.register(EVALUATION / "predictions.parquet")
    print(summary(findings))
    if registered:
        print(f"In MLflow it is {registered}")


def evaluate(
    films: pd.DataFrame,
    predictor: Predictor,
    baselines: dict[str, Answer],
    resamples: int,
    seed: int,
) -> Findings:
    """Score the model and the ``baselines`` on the test rows of ``films``."""
    test = films[films["fold"] == "test"]
    truth = ground_truth(test, predictor.genres)
    answers = {MODEL: model_answer(predictor, test["text"])} | baselines
    measured = {method: ratios(truth, answer) for method, answer in answers.items()}
    table = score_table(measured, resamples, seed)
    bins = reliability(truth, answers[MODEL])
    confusion = expected_confusion(truth, answers[MODEL].named)
    headlines = [measured[LOGISTIC][PRIMARY_METRIC]], [measured[MODEL][PRIMARY_METRIC]]
    beside = {
        "ceiling": ceiling(truth),
        "chance": chance(truth),
        LOGISTIC: measured[LOGISTIC][PRIMARY_METRIC].score(),
        "calibration_error": calibration_error(bins),
    }
    return Findings(
        scores=flat_scores(table, MODEL, beside),
        methods=table,
        verdict=verdict(
            "logistic regression", "the model", difference(*headlines, resamples, seed)
        ),
        genres=genre_table(confusion, predictor.genres),
        confusion=confusion_table(confusion, predictor.genres),
        reliability=bins,
        predictions=prediction_table(test, answers[MODEL], predictor.genres),
        test=test,
    )


def model_answer(predictor: Predictor, texts: Iterable[str]) -> Answer:
    """Return what the model says of ``texts``."""
    probabilities = predictor.predict(texts)
    return Answer(predictor.single(probabilities), predictor.several(probabilities))


def write_metrics(findings: Findings) -> None:
    """Write the files of metrics/ that this stage makes."""
    write_json(METRICS / "scores.json", findings.scores, sort_keys=False)  # the headline first
    for name in ("methods", "genres", "confusion"):
        with atomic_replace(METRICS / f"{name}.csv") as temporary:
            getattr(findings, name).to_csv(temporary, index=False, lineterminator="\n")


def summary(findings: Findings) -> str:
    """Return the scores, as the pipeline's last words."""
    scores = findings.scores
    return "\n".join(
        [
            f"evaluate: {findings.test['film'].nunique()} test films, {len(findings.genres)} genres; "
            "every score with its 95 % interval",
            "",
            terminal_table(findings.methods),
            "",
            f"The best possible {PRIMARY_METRIC.replace('_', ' ')} is {scores['ceiling']:.3f}, "
            f"chance gives {scores['chance']:.3f}.",
            findings.verdict,
            f"What the model has learnt: {EVALUATION / 'report.html'}",
        ]
    )


if __name__ == "__main__":
    run_stage(main, "evaluate")
