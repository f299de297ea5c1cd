"""Evaluate the model and the baselines on the test films, and write scores, tables and a report."""

from imdb_genres.evaluation.baselines import read_baselines
from imdb_genres.evaluation.bootstrap import verdict
from imdb_genres.evaluation.evaluator import evaluate
from imdb_genres.evaluation.findings import EVALUATION, Findings, write_metrics
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.evaluation.report import write_report
from imdb_genres.evaluation.tables import humanize, terminal_table
from imdb_genres.inference.predictor import Predictor
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA, METRICS
from imdb_genres.registry.tracker import TRACKER
from imdb_genres.stage import run_stage

FILMS = DATA / "split.parquet"
MIN_TEST_FILMS = 50


def main(params: Params) -> None:
    """Write metrics/ and data/evaluation/, log them, and print the table of scores."""
    predictor = Predictor.load(double_precision=True)
    with TRACKER.evaluation() as tracked:
        resamples = params.evaluate.bootstrap_resamples
        findings = evaluate(FILMS, predictor, read_baselines(), resamples, params.seed)
        write_metrics(findings)
        with atomic_replace(EVALUATION) as folder:
            folder.mkdir()
            findings.predictions.write(folder / "predictions.parquet")
            write_report(folder / "report.html", findings, predictor)
        tracked.log_metrics(findings.scores)
        tracked.log_artifacts(METRICS)
        tracked.log_artifacts(EVALUATION)
    print(summary(findings))
    if tracked.outcome:
        print(f"Registered in MLflow: {tracked.outcome}")
    print(next_step(findings))


def summary(findings: Findings) -> str:
    """Return the table of scores and what it means."""
    scores = findings.scores
    num_films = findings.test["film"].nunique()
    lines = [
        f"evaluate: {num_films} test films, {len(findings.genres)} genres; "
        "each score with its 95 % interval",
        "",
        terminal_table(findings.methods),
        "",
        f"The highest possible {humanize(PRIMARY_METRIC)} is {scores['ceiling']:.3f}, "
        f"chance is {scores['chance']:.3f}. {findings.baseline_note}".strip(),
        verdict("logistic regression", "the model", findings.difference),
        f"Charts, confusions and mistakes: {EVALUATION / 'report.html'}",
    ]
    if num_films < MIN_TEST_FILMS:
        lines.append(
            f"With fewer than {MIN_TEST_FILMS} test films, scores and intervals tell little."
        )
    return "\n".join(lines)


def next_step(findings: Findings) -> str:
    """Return what to do next, given how the model compares with logistic regression."""
    if findings.difference.significant and findings.difference.value > 0:
        return (
            "Next: `imdb-genres predict` and `imdb-genres demo` use the model, "
            "`imdb-genres leaderboard` ranks all experiments."
        )
    return (
        "Next: `imdb-genres experiments --list` lists the recipes; "
        "`best` beats logistic regression on the default corpus."
    )


if __name__ == "__main__":
    run_stage(main, "evaluate")
