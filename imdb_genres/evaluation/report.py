"""The report: one HTML page with scores, charts, confusions and mistakes. No script, no network."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from imdb_genres.evaluation.bootstrap import verdict
from imdb_genres.evaluation.charts.report import (
    learning_curve_chart,
    precision_recall_chart,
    reliability_chart,
    score_chart,
    training_chart,
)
from imdb_genres.evaluation.findings import Findings
from imdb_genres.evaluation.precision_recall import Curve, precision_recall
from imdb_genres.evaluation.tables import humanize
from imdb_genres.inference.explain import occlusion_attributions, top_words
from imdb_genres.inference.predictor import Predictor
from imdb_genres.paths import METRICS
from imdb_genres.text.tokenizer import split_pieces

CANDIDATE_WORDS = 2000  # rarer ones say little about a genre; each takes a prediction
SHOWN_WORDS = 15
SHOWN_MISTAKES = 12  # each costs a prediction per word, to mark those that misled
SHOWN_PAIRS = 10
MISLEADING = (0.1, 0.4, 1.0)  # log-odds that a word adds to the wrong genre, from faint to strong


class Context(NamedTuple):
    """What the evaluate stage's report lacks, because it does not depend on the stage's inputs."""

    commit: str = ""
    changes: Mapping[str, tuple[str, str]] = {}  # parameter: committed value, present value
    learning_curve: pd.DataFrame | None = None


def write_report(
    path: Path, findings: Findings, predictor: Predictor, context: Context | None = None
) -> None:
    """Write the page; the same arguments give the same bytes."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["humanize"] = humanize
    page = environment.get_template("report.html").render(
        findings=findings,
        context=context or Context(),
        scores=findings.scores,
        verdict=verdict("logistic regression", "the model", findings.difference),
        methods=list(findings.methods["method"].unique()),
        score_rows=findings.methods.groupby("score", sort=False),
        classes=class_distribution(findings),
        confusion=findings.confusion.groupby("genre", sort=False),
        pairs=confused_pairs(findings.confusion),
        curves=precision_recall_curves(findings),
        charts=charts(findings, context),
        precision_recall_chart=precision_recall_chart,
        words=top_words(predictor, CANDIDATE_WORDS, SHOWN_WORDS),
        mistakes=confident_mistakes(findings),
        highlight=lambda film: highlight(predictor, film.text, film.predicted),
        model=predictor.description,
    )
    path.write_text(page, encoding="utf-8")


def charts(findings: Findings, context: Context | None) -> dict[str, Markup]:
    """Return the page's larger charts by name."""
    history = pd.read_csv(METRICS / "history.csv")
    scores = findings.scores
    drawn = {
        "scores": score_chart(findings.methods, scores["chance"], scores["ceiling"]),
        "loss": training_chart(history, "loss"),
        "accuracy": training_chart(history, "accuracy"),
        "reliability": reliability_chart(findings.reliability),
    }
    if context and context.learning_curve is not None:
        drawn["learning_curve"] = learning_curve_chart(context.learning_curve, scores["chance"])
    return drawn


def class_distribution(findings: Findings) -> pd.DataFrame:
    """Return a row for each genre: training films, test films (support), predicted, precision ..."""
    predicted = findings.confusion.groupby("predicted", sort=False)["films"].sum().round(6)
    return findings.genres.assign(
        training=findings.genres["genre"].map(findings.training_films).fillna(0),
        predicted=findings.genres["genre"].map(predicted).fillna(0),
    ).sort_values("films", ascending=False, kind="stable")


def confused_pairs(confusion: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of true and predicted genre with the largest share of the true one's films."""
    wrong = confusion[confusion["genre"] != confusion["predicted"]]
    return wrong[wrong["films"] > 0].nlargest(SHOWN_PAIRS, "share")


def precision_recall_curves(findings: Findings) -> list[Curve]:
    """Return each genre's curve, the highest average precision first."""
    labels, probabilities = findings.test["labels"], findings.predictions.probabilities
    curves = [
        precision_recall(
            genre,
            np.array([genre in listed for listed in labels]),
            probabilities[genre].to_numpy(),
        )
        for genre in findings.predictions.genres
    ]
    return sorted(curves, key=lambda curve: -curve.average_precision)


def confident_mistakes(findings: Findings) -> pd.DataFrame:
    """Return the films whose predicted genre is none of theirs, the most probable first."""
    rows = findings.predictions.rows
    films = findings.test.assign(
        predicted=rows["predicted"].to_numpy(),
        probability=findings.predictions.probabilities.max(axis=1).to_numpy(),
    )
    wrong = [
        predicted not in labels
        for predicted, labels in zip(films["predicted"], films["labels"], strict=True)
    ]
    return films[wrong].nlargest(SHOWN_MISTAKES, "probability")


def highlight(predictor: Predictor, text: str, genre: str) -> Markup:
    """Return ``text`` as HTML with the words marked that raise the probability of ``genre``."""
    position = predictor.genres.index(genre)
    added = {
        word: round(float(effects[position]), 2)
        for word, effects in occlusion_attributions(predictor, text).items()
    }
    parts = [_mark(piece, added.get(word or "", 0.0)) for piece, word in split_pieces(text)]
    return Markup("").join(parts)


def _mark(part: str, added: float) -> Markup:
    level = sum(added >= bound for bound in MISLEADING)
    if not level:
        return escape(part)
    return Markup('<mark class="level-{}" title="{:+.2f} log-odds">{}</mark>').format(
        level, added, part
    )
