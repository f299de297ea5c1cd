"""The history of a training in words."""

import numpy as np
import pytest

from imdb_genres.training.fit import collapse_warning


@pytest.mark.parametrize(
    ("words_per_text", "advice", "wrong"),
    [(40.0, "train.l1", "spaces"), (0.9, "put spaces between", "train.l1")],
)
def test_a_collapse_is_told_with_its_likely_cause(
    words_per_text: float, advice: str, wrong: str
) -> None:
    warning = collapse_warning(np.array([[2.0, 1], [3, 1]]), ["Drama", "War"], words_per_text)
    assert warning
    assert advice in warning
    assert wrong not in warning


def test_a_network_that_names_two_genres_has_not_collapsed() -> None:
    assert collapse_warning(np.array([[2.0, 1], [1, 3]]), ["Drama", "War"], 0.9) is None
