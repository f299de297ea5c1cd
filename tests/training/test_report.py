"""What the train stage prints about a finished training."""

from typing import Any

import numpy as np
import pytest

from imdb_genres.training.report import LARGE_CORPUS, collapse_warning, large_corpus_hint
from tests.support.params import params_with

LINEAR: dict[str, Any] = {"train.units": [], "train.dropout": [0.0], "train.l1": [0.0]}


@pytest.mark.parametrize(
    ("descriptions", "changes"),
    [
        (LARGE_CORPUS - 1, LINEAR),
        (LARGE_CORPUS, {}),  # a hidden layer
        (LARGE_CORPUS, {**LINEAR, "tokenize.ngrams": 2}),
    ],
)
def test_a_small_corpus_a_hidden_layer_or_bigrams_need_no_hint(
    descriptions: int, changes: dict[str, Any]
) -> None:
    assert large_corpus_hint(descriptions, params_with(changes)) is None


def test_a_linear_model_of_words_on_a_large_corpus_gets_a_hint() -> None:
    hint = large_corpus_hint(LARGE_CORPUS, params_with(LINEAR))
    assert hint
    assert "experiments best-large" in hint


@pytest.mark.parametrize(
    ("words_per_text", "advice", "wrong"),
    [(40.0, "train.l1", "spaces"), (0.9, "put spaces between", "train.l1")],
)
def test_a_collapse_is_reported_with_its_likely_cause(
    words_per_text: float, advice: str, wrong: str
) -> None:
    warning = collapse_warning(np.array([[2.0, 1], [3, 1]]), ["Drama", "War"], words_per_text)
    assert warning
    assert advice in warning
    assert wrong not in warning


def test_a_network_that_predicts_two_genres_has_not_collapsed() -> None:
    assert collapse_warning(np.array([[2.0, 1], [1, 3]]), ["Drama", "War"], 0.9) is None
