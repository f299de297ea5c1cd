"""One page that shows what a model is worth and what it has learnt: no script, no network."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from imdb_genres.evaluation.charts.render import svg
from imdb_genres.evaluation.tables import words
from imdb_genres.inference.explain import top_words
from imdb_genres.inference.predictor import Predictor
from imdb_genres.paths import METRICS

ASKED_WORDS = 2000  # rarer ones say little of a genre, and each is a text to predict
SHOWN_WORDS = 15
SHOWN_MISTAKES = 25


class Findings(NamedTuple):
    """What evaluate found; tables as in metrics/."""

    scores: dict[str, float]
    methods: pd.DataFrame
    verdict: str
    genres: pd.DataFrame
    confusion: pd.DataFrame
    reliability: pd.DataFrame
    predictions: pd.DataFrame
    test: pd.DataFrame


def write_report(path: Path, findings: Findings, predictor: Predictor) -> None:
    """Write the page; the same findings give the same bytes."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["words"] = words
    page = environment.get_template("report.html").render(
        findings=findings,
        scores=findings.scores,
        methods=list(findings.methods["method"].unique()),
        table=findings.methods.groupby("score", sort=False),
        charts=charts(findings),
        words=top_words(predictor, ASKED_WORDS, SHOWN_WORDS),
        mistakes=confident_mistakes(findings),
        model=predictor.description,
    )
    path.write_text(page, encoding="utf-8")


def charts(findings: Findings) -> dict[str, Markup]:
    """Return the page's drawings by name."""
    tables = {
        "methods": findings.methods,
        "genres": findings.genres,
        "confusion": findings.confusion,
        "reliability": findings.reliability,
        "history": pd.read_csv(METRICS / "history.csv"),
    }
    return {name: Markup(svg(name, table)) for name, table in tables.items()}


def confident_mistakes(findings: Findings) -> pd.DataFrame:
    """Return the films that were named a genre they do not have, with the highest probability."""
    probabilities = findings.predictions[findings.genres["genre"].to_list()]
    films = findings.test.assign(
        named=findings.predictions["named"], probability=probabilities.max(axis=1)
    )
    wrong = [named not in had for named, had in zip(films["named"], films["labels"], strict=True)]
    return films[wrong].nlargest(SHOWN_MISTAKES, "probability")
