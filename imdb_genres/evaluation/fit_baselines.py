"""Baselines: majority class, and TF-IDF with logistic regression."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits

from imdb_genres.errors import UserError
from imdb_genres.evaluation.baselines import LOGISTIC, MAJORITY, Baselines
from imdb_genres.evaluation.metrics import Predictions, round_probabilities
from imdb_genres.io.parquet import read_columns, take_column
from imdb_genres.model.calibration import apply_thresholds, fit_thresholds

BATCH_TEXTS = 10_000


def fit_baselines(balanced: Path, films: Path, max_rows: int, seed: int) -> Baselines:
    """Return each baseline's predictions for the test rows of ``films``.

    Logistic regression is fitted on the training rows of ``balanced``, as the model is, at most
    ``max_rows`` of them; its thresholds on the validation rows. The majority class is that of the
    training films before balancing.
    """
    folds, label, labels = map(to_array, read_columns(balanced, "fold", "label", "labels"))
    train, validation = (np.flatnonzero(folds == fold) for fold in ("train", "validation"))
    fitted = sample_rows(train, max_rows, seed)
    genres = sorted(set().union(*labels))
    predict_proba = logistic_regression(take_texts(balanced, fitted), label[fitted], genres)
    truth = np.array([[genre in listed for genre in genres] for listed in labels[validation]])
    thresholds = fit_thresholds(predict_proba(take_texts(balanced, validation)), truth)
    folds, label = map(to_array, read_columns(films, "fold", "label"))
    probabilities = predict_proba(take_texts(films, np.flatnonzero(folds == "test")))
    shares = round_probabilities(class_shares(label[folds == "train"], genres))
    prior = np.tile(shares, (len(probabilities), 1))
    predictions = {
        LOGISTIC: Predictions(probabilities, apply_thresholds(probabilities, thresholds)),
        MAJORITY: Predictions(prior, prior == prior.max(axis=1, keepdims=True)),
    }
    return Baselines(predictions, len(fitted), len(train))


def sample_rows(rows: np.ndarray, max_rows: int, seed: int) -> np.ndarray:
    """Return ``rows``, or a sample of ``max_rows`` of them, sorted and the same for the same seed."""
    if len(rows) <= max_rows:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, max_rows, replace=False))


def take_texts(path: Path, rows: np.ndarray) -> list[str]:
    """Return the texts of the rows with these numbers; all of them would not fit into memory."""
    return take_column(path, "text", rows)


def to_array(values: list[object]) -> np.ndarray:
    """Return ``values``, which may be lists, as an array of objects, (n,)."""
    array = np.empty(len(values), object)
    array[:] = values
    return array


def class_shares(label: np.ndarray, genres: list[str]) -> np.ndarray:
    """Return each genre's share of ``label``, (K,)."""
    return np.array([(label == genre).mean() for genre in genres])


def logistic_regression(
    texts: Sequence[str] | np.ndarray, label: np.ndarray, genres: list[str]
) -> Callable[[Iterable[str]], np.ndarray]:
    """Fit ``label`` on ``texts``; return a function from texts to rounded probabilities, (n, K).

    Classes have equal weights, balanced or not. Raises UserError if no two texts share a word.
    """
    classifier = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, min_df=2),
        LogisticRegression(class_weight="balanced", max_iter=1000),
    )
    try:
        with threadpool_limits(1):  # with such narrow matrices more threads would only wait
            classifier.fit(texts, label)
    except ValueError as error:
        cause = f"logistic regression cannot be fitted on {len(texts)} training descriptions"
        if "no terms remain" in str(error) or "empty vocabulary" in str(error):
            raise UserError(
                f"{cause}: no word occurs in two of them. Add films; where words are written "
                "without spaces (Chinese, Japanese, Thai), put spaces between them first"
            ) from None
        raise UserError(f"{cause} ({error}): add films, or raise baselines.max_rows") from None
    positions = [genres.index(genre) for genre in classifier.classes_]

    def predict_proba(texts: Iterable[str]) -> np.ndarray:
        texts = list(texts)
        probabilities = np.zeros((len(texts), len(genres)))
        for start in range(0, len(texts), BATCH_TEXTS):  # bounds the memory of their TF-IDF rows
            batch = slice(start, start + BATCH_TEXTS)
            probabilities[batch, positions] = classifier.predict_proba(texts[batch])
        return round_probabilities(probabilities)

    return predict_proba
