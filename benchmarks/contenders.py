"""The methods that are compared, and the settings that validation films choose from: four each."""

from collections.abc import Callable
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
from imdb_genres.experiments.recipes import overrides, read_recipes


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


BEST = "our best"
RECIPE = overrides(read_recipes(), "best")
CONTENDERS = {
    BEST: Contender(network, [{**RECIPE, "train.epochs": epochs} for epochs in (6, 8, 10, 12)]),
    "our default (the post's)": Contender(network, [{}]),
    "LogisticRegression, soft": Contender(
        scikit_learn(lambda **options: LogisticRegression(max_iter=1000, **options), soft_rows),
        each(ngrams=[1, 2], C=[0.3, 1]),
    ),
    "LogisticRegression, drawn genre": Contender(
        scikit_learn(lambda **options: LogisticRegression(max_iter=1000, **options), drawn_rows),
        each(ngrams=[1, 2], C=[0.3, 1]),
    ),
    "LinearSVC, soft": Contender(
        scikit_learn(LinearSVC, soft_rows), each(ngrams=[1, 2], C=[0.1, 0.3])
    ),
    "LinearSVC, a genre against all others": Contender(
        svc_for_each, each(ngrams=[1, 2], C=[0.03, 0.1])
    ),
    "ComplementNB, soft": Contender(
        scikit_learn(ComplementNB, soft_rows), each(ngrams=[1, 2], alpha=[0.3, 1])
    ),
}
if find_spec("fasttext"):
    CONTENDERS["fastText"] = Contender(fasttext_softmax, each(epoch=[10, 25], lr=[0.1, 0.5]))
