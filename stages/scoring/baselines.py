"""What a model has to beat: the commonest genre, and logistic regression on TF-IDF."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from stages.learning.calibration import fit_thresholds
from stages.model.answers import several
from stages.scoring.bootstrap import one_thread
from stages.scoring.films import truth_of
from stages.scoring.scores import Answer

LOGISTIC, MAJORITY = "logistic_regression", "majority"


def baseline_answers(
    films: pd.DataFrame, balanced: pd.DataFrame, genres: list[str]
) -> dict[str, Answer]:
    """Return what the baselines say of the test rows of ``films``.

    Logistic regression learns from the same ``balanced`` rows as the model, and the thresholds of
    the genres that it lists from the same validation rows. The majority is that of natural films.
    """
    train, validation, test = (films[films["fold"] == f] for f in ("train", "validation", "test"))
    predict = logistic_regression(balanced["text"], balanced["label"], genres)
    truth = truth_of(validation, genres)
    thresholds = fit_thresholds(predict(validation["text"]), truth.labels)
    probabilities = predict(test["text"])
    common = majority(train["label"], genres, len(test))
    return {
        LOGISTIC: Answer(probabilities, several(probabilities, thresholds)),
        MAJORITY: Answer(common, common == common.max(axis=1, keepdims=True)),
    }


def majority(labels: pd.Series, genres: list[str], rows: int) -> np.ndarray:
    """Return each genre's share of ``labels``, ``rows`` times: (rows, K)."""
    shares = labels.value_counts(normalize=True).reindex(genres, fill_value=0)
    return np.tile(shares.to_numpy(), (rows, 1))


def logistic_regression(
    texts: Iterable[str], labels: pd.Series, genres: list[str]
) -> Callable[[Iterable[str]], np.ndarray]:
    """Fit ``labels`` on ``texts``; return a function from texts to probabilities, (n, K).

    Classes are weighted to count the same, whatever ``balance`` did.
    """
    classifier = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, min_df=2),
        LogisticRegression(class_weight="balanced", max_iter=1000),
    )
    with one_thread():
        classifier.fit(texts, labels)

    def predict(texts: Iterable[str]) -> np.ndarray:
        found = pd.DataFrame(classifier.predict_proba(texts), columns=classifier.classes_)
        return found.reindex(columns=genres, fill_value=0).to_numpy()

    return predict
