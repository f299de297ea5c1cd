"""The methods that are compared, and the settings that validation films choose from: one to four each."""

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any, NamedTuple

from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from benchmarks.learners import (
    Scorer,
    drawn_rows,
    fasttext_softmax,
    scikit_learn,
    soft_rows,
    svc_for_each,
)
from benchmarks.network import network
from imdb_genres.experiments.recipes import collect_overrides, read_recipes
from imdb_genres.io.yaml import parse_yaml
from imdb_genres.tracking.record import flatten
from imdb_genres.tracking.revisions import revisions


class Contender(NamedTuple):
    """``fit(training films, validation films, seed, **setting)`` learns."""

    fit: Callable[..., Scorer]
    settings: list[dict[str, Any]]


def each(**choices: list[Any]) -> list[dict[str, Any]]:
    """Return every combination of ``choices``."""
    settings: list[dict[str, Any]] = [{}]
    for name, values in choices.items():
        settings = [{**setting, name: value} for setting in settings for value in values]
    return settings


BEST, BEST_LARGE = "best", "best-large"
RECIPES = {name: collect_overrides(read_recipes(), name) for name in (BEST, BEST_LARGE)}
LEARNING = ("label.strategy", "balance.", "tokenize.", "train.")  # genres and folds are given
LOGISTIC = partial(LogisticRegression, max_iter=1000)


def experiment_contender(name: str) -> Contender:
    """Return our network with the settings of the DVC experiment ``name``."""
    matches = [each for each in revisions() if each.experiment == name]
    if not matches:
        raise SystemExit(f"no DVC experiment {name!r}: `dvc exp list` shows their names")
    values = flatten(parse_yaml(matches[0].read("params.yaml")))
    settings = {key: value for key, value in values.items() if key.startswith(LEARNING)}
    return Contender(network, [settings])


def words_and_bigrams(
    name: str, fit: Callable[..., Scorer], **choices: list[Any]
) -> dict[str, Contender]:
    """Return two contenders, one that reads words and one that reads bigrams as well."""
    return {
        f"{name}, words": Contender(fit, each(ngrams=[1], **choices)),
        f"{name}, bigrams": Contender(fit, each(ngrams=[2], **choices)),
    }


CONTENDERS = {
    name: Contender(network, [{**recipe, "train.epochs": epochs} for epochs in (6, 8, 12, 16)])
    for name, recipe in RECIPES.items()
} | {
    "our default (the post's)": Contender(network, [{}]),
    **words_and_bigrams(
        "LogisticRegression, soft", scikit_learn(LOGISTIC, soft_rows), C=[0.3, 1, 3, 10]
    ),
    **words_and_bigrams(
        "LogisticRegression, drawn genre", scikit_learn(LOGISTIC, drawn_rows), C=[0.3, 1, 3, 10]
    ),
    **words_and_bigrams("LinearSVC, soft", scikit_learn(LinearSVC, soft_rows), C=[0.1, 0.3, 1]),
    **words_and_bigrams("LinearSVC, one-vs-rest", svc_for_each, C=[0.03, 0.1, 0.3]),
    **words_and_bigrams(
        "ComplementNB, soft", scikit_learn(ComplementNB, soft_rows), alpha=[0.1, 0.3, 1]
    ),
}
if find_spec("fasttext"):
    CONTENDERS["fastText"] = Contender(fasttext_softmax, each(epoch=[10, 25], lr=[0.1, 0.5]))
