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


LINEAR = {
    "label.strategy": "all",
    "balance.strategy": "none",
    "tokenize.max_words": 30_000,
    "train.targets": "soft",
    "train.mode": "tfidf",
    "train.normalise": True,
    "train.units": [],
    "train.dropout": 0,
    "train.l1": 0,
    "train.optimizer": "sgd",
    "train.learning_rate": 10.0,
    "train.learning_rate_decay": 0.9,
    "train.epochs": 30,
    "train.patience": 0,
}
BEST = "our best"
CONTENDERS = {
    BEST: Contender(
        network,
        [{**LINEAR, "train.weight_decay": decay} for decay in (0.0003, 0.0006, 0.001, 0.002)],
    ),
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
    CONTENDERS["fastText"] = Contender(fasttext_softmax, each(epoch=[25, 60], lr=[0.5, 0.8]))
