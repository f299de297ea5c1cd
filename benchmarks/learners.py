"""How scikit-learn's classifiers and fastText learn from training films, given a setting."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from imdb_genres.training.targets import make_targets

# with fewer dimensions, or without bigrams, its numbers became NaN
FASTTEXT = {"wordNgrams": 2, "thread": 1, "verbose": 0}
Scorer = Callable[[list[str]], np.ndarray]  # texts -> (n, K): the largest is the genre it names


class Films(NamedTuple):
    """Descriptions with what is known of them; arrays as in ``imdb_genres.evaluation.metrics.Truth``."""

    texts: list[str]
    label: np.ndarray
    labels: np.ndarray
    genres: list[str]


def drawn_rows(films: Films) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a row for each film: its index, the genre drawn for it, a weight that balances genres."""
    counts = np.bincount(films.label, minlength=len(films.genres))
    weights = len(films.label) / len(films.genres) / counts[films.label]
    return np.arange(len(films.label)), films.label, weights


def soft_rows(films: Films) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a row for each genre of each film: the film's index, the genre, its soft target."""
    rows, genres = films.labels.nonzero()
    every = np.ones(len(films.label), bool)
    values, weights = make_targets("soft", films.label, films.labels, every)
    return rows, genres, (values * weights[:, None])[rows, genres]


def scikit_learn(classifier: Callable[..., Any], make_rows: Callable[[Films], Any]) -> Any:
    """Return the ``fit`` of a classifier of weighted TF-IDF rows of one genre each."""

    def fit(train: Films, _: Films, seed: int, ngrams: int, **options: Any) -> Scorer:
        vectorizer, matrix = tfidf(train, ngrams)
        rows, genres, weights = make_rows(train)
        model = classifier(**options).fit(matrix[rows], genres, sample_weight=weights)
        return make_scorer(model, vectorizer)

    return fit


def svc_for_each(train: Films, _: Films, seed: int, ngrams: int, **options: Any) -> Scorer:
    """Fit one linear SVC for each genre, films of the genre against all others, balanced."""
    vectorizer, matrix = tfidf(train, ngrams)
    model = OneVsRestClassifier(LinearSVC(class_weight="balanced", **options))
    return make_scorer(model.fit(matrix, train.labels), vectorizer)


def tfidf(train: Films, ngrams: int) -> tuple[TfidfVectorizer, Any]:
    """Return a fitted vectorizer and the rows of ``train``."""
    vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=2, ngram_range=(1, ngrams))
    return vectorizer, vectorizer.fit_transform(train.texts)


def make_scorer(model: Any, vectorizer: TfidfVectorizer) -> Scorer:
    """Return the probabilities of a fitted classifier, or its margins squeezed between 0 and 1."""
    if hasattr(model, "predict_proba"):
        return lambda texts: np.asarray(model.predict_proba(vectorizer.transform(texts)))
    return lambda texts: expit(model.decision_function(vectorizer.transform(texts)))


def fasttext_softmax(train: Films, _: Films, seed: int, **options: Any) -> Scorer:
    """Fit fastText, which draws one of a film's genres whenever it sees it; make genres equal after."""
    import fasttext

    lines = [
        " ".join([*(f"__label__{genre}" for genre in np.flatnonzero(labels)), plain(text)])
        for text, labels in zip(train.texts, train.labels, strict=True)
    ]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "films.txt"
        file.write_text("\n".join(lines), encoding="utf-8")
        try:
            model = fasttext.train_supervised(str(file), **FASTTEXT, **options, seed=seed)
        except RuntimeError as error:  # its numbers grew beyond all bounds: not a setting to choose
            print(f"fastText, {options}: {error}", file=sys.stderr)
            return lambda texts: np.full((len(texts), len(train.genres)), 1 / len(train.genres))
    films = (train.labels / train.labels.sum(axis=1, keepdims=True)).sum(axis=0)

    def score(texts: list[str]) -> np.ndarray:
        shares = np.zeros((len(texts), len(films)))
        for row, text in enumerate(texts):
            for label, share in zip(*model.predict(plain(text), k=len(films)), strict=True):
                shares[row, int(label.removeprefix("__label__"))] = share
        balanced = shares / films
        return np.asarray(balanced / balanced.sum(axis=1, keepdims=True))

    return score


def plain(text: str) -> str:
    """Return the words of ``text`` in lower case, separated by spaces."""
    return " ".join(re.findall(r"\w+", text.lower()))
