"""What a model has to beat: the commonest genre, and logistic regression on TF-IDF.

Fitted when classes are balanced, not when a model is evaluated: no experiment with the network
waits for them. In a stage of their own they would cost scikit-learn's import once more.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits

from imdb_genres.errors import UserError
from imdb_genres.evaluation.baselines import LOGISTIC, MAJORITY
from imdb_genres.evaluation.metrics import Answer
from imdb_genres.io.parquet import columns
from imdb_genres.model.calibration import fit_thresholds
from imdb_genres.model.probabilities import several


def fit_baselines(balanced: Path, films: Path) -> dict[str, Answer]:
    """Return what each baseline says of the test rows of ``films``, (n, K).

    Logistic regression learns from the same balanced rows as the model, and the thresholds of the
    genres that it lists from the same validation rows. The majority is that of natural films.
    """
    folds, texts, label, labels = map(
        as_array, columns(balanced, "fold", "text", "label", "labels")
    )
    train, validation = folds == "train", folds == "validation"
    genres = sorted(set().union(*labels))
    predict = logistic_regression(texts[train], label[train], genres)
    truth = np.array([[genre in some for genre in genres] for some in labels[validation]])
    thresholds = fit_thresholds(predict(texts[validation]), truth)
    folds, texts, label = map(as_array, columns(films, "fold", "text", "label"))
    probabilities = predict(texts[folds == "test"])
    common = np.tile(shares(label[folds == "train"], genres), (len(probabilities), 1))
    return {
        LOGISTIC: Answer(probabilities, several(probabilities, thresholds)),
        MAJORITY: Answer(common, common == common.max(axis=1, keepdims=True)),
    }


def as_array(values: list[object]) -> np.ndarray:
    """Return ``values``, lists too, as an array of objects, (n,)."""
    array = np.empty(len(values), object)
    array[:] = values
    return array


def shares(label: np.ndarray, genres: list[str]) -> np.ndarray:
    """Return each genre's share of ``label``, (K,)."""
    return np.array([(label == genre).mean() for genre in genres])


def logistic_regression(
    texts: Sequence[str] | np.ndarray, label: np.ndarray, genres: list[str]
) -> Callable[[Iterable[str]], np.ndarray]:
    """Fit ``label`` on ``texts``; return a function from texts to probabilities, (n, K).

    Classes are weighted to count the same, whatever ``balance`` did. Raises UserError if no two
    texts have a word in common.
    """
    classifier = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, min_df=2),
        LogisticRegression(class_weight="balanced", max_iter=1000),
    )
    try:
        with threadpool_limits(1):  # matrices so narrow that threads would only wait for each other
            classifier.fit(texts, label)
    except ValueError as error:
        raise UserError(
            f"logistic regression learns nothing from {len(texts)} training descriptions ({error}): "
            "bring more films"
        ) from None
    places = [genres.index(genre) for genre in classifier.classes_]

    def predict(texts: Iterable[str]) -> np.ndarray:
        found = classifier.predict_proba(texts)
        probabilities = np.zeros((len(found), len(genres)))
        probabilities[:, places] = found
        return probabilities

    return predict
