"""The vocabulary comes from training rows, n-grams included; the rest of the rows follow it."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imdb_genres.errors import UserError
from imdb_genres.text.fit_vocabulary import fit_vocabulary
from imdb_genres.text.tokenizer import tokenize_texts
from imdb_genres.text.vocabulary import Vocabulary
from stages import tokenize
from tests.support.params import PARAMS, params_with

FILMS = pd.DataFrame(
    {
        "text": ["a boat, a storm", "a lighthouse at sea", "a boat at sea", "the keeper sleeps"],
        "fold": ["train", "validation", "train", "train"],
        "label": ["War", "Drama", "Drama", "Crime"],
        "labels": [["Drama", "War"], ["Drama"], ["Drama"], ["Crime"]],
    }
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository's data folder, which is in the current one."""
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    return Path("data")


ALONE = """
import sys
from imdb_genres.stage import run_stage
from stages import tokenize
run_stage(tokenize.main, "tokenize")
sys.exit(" ".join({"sklearn", "mlflow", "tensorflow"} & set(sys.modules)))
"""


def test_it_imports_nothing_that_takes_long(folder: Path) -> None:
    FILMS.to_parquet(folder / "balanced.parquet")
    for name in ("params.yaml", "dvc.yaml"):
        Path(name).write_bytes(PARAMS.with_name(name).read_bytes())
    environment = os.environ | {"PYTHONPATH": str(PARAMS.parent)}
    command = [sys.executable, "-c", ALONE]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert result.stderr.strip() == ""


def test_only_training_rows_make_the_vocabulary(folder: Path) -> None:
    FILMS.to_parquet(folder / "balanced.parquet")
    tokenize.main(params_with())
    vocabulary = Vocabulary.read(folder / "vocabulary.txt")
    assert vocabulary.words == ["", "a", "boat", "storm", "at", "sea", "the", "keeper", "sleeps"]
    assert vocabulary.documents.tolist() == [3, 2, 2, 1, 1, 1, 1, 1, 1]


def test_training_rows_come_first_each_with_its_genres(folder: Path) -> None:
    FILMS.to_parquet(folder / "balanced.parquet")
    tokenize.main(params_with())
    tokens = np.load(folder / "tokens.npz")
    words = Vocabulary.read(folder / "vocabulary.txt").words
    rows = np.split([words[index] for index in tokens["ids"]], tokens["offsets"][1:-1])
    assert [" ".join(row) for row in rows] == [
        "a boat a storm",
        "a boat at sea",
        "the keeper sleeps",
        "a at sea",
    ]
    assert tokens["genres"].tolist() == ["Crime", "Drama", "War"]
    assert tokens["genres"][tokens["label"]].tolist() == ["War", "Drama", "Crime", "Drama"]
    assert tokens["labels"].astype(int).tolist() == [[0, 1, 1], [0, 1, 0], [1, 0, 0], [0, 1, 0]]
    assert tokens["validation"].tolist() == [False, False, False, True]


def test_the_same_films_give_the_same_bytes(folder: Path) -> None:
    FILMS.to_parquet(folder / "balanced.parquet")
    written = []
    for _ in range(2):
        tokenize.main(params_with({"tokenize.ngrams": 2}))
        written.append([(folder / name).read_bytes() for name in ("tokens.npz", "vocabulary.txt")])
    assert written[0] == written[1]


def test_texts_without_a_word_are_a_user_error(folder: Path) -> None:
    FILMS.assign(text=["...", "a word", "", "- -"]).to_parquet(folder / "balanced.parquet")
    with pytest.raises(UserError, match="no training text contains a word"):
        tokenize.main(params_with())


def test_ngrams_skip_no_word_and_end_with_the_text() -> None:
    texts = ["sea rare sea", "boat sea", "boat sea", "sea", "boat"]
    vocabulary = fit_vocabulary(tokenize_texts(texts), 4, ngrams=2)
    assert vocabulary.words == ["", "sea", "boat", "boat sea"]
    rows = vocabulary.encode(["sea boat", "boat, SEA", "boat rare sea", "boat"])
    assert rows.ids.tolist() == [1, 2, 2, 3, 1, 2, 1, 2]
    assert rows.offsets.tolist() == [0, 2, 5, 7, 8]


def test_words_outside_the_vocabulary_make_no_ngram() -> None:
    texts = ["rare sea", "odd sea", "old sea", "boat", "boat"]
    assert fit_vocabulary(tokenize_texts(texts), 3, ngrams=2).words == ["", "sea", "boat"]


TEXTS = st.lists(st.text("abc ,", max_size=20), min_size=1, max_size=6)


@given(TEXTS, st.integers(2, 40), st.integers(1, 3))
def test_ngrams_are_ranked_among_words(texts: list[str], max_words: int, longest: int) -> None:
    split = [text.replace(",", " ").split() for text in texts]
    assume(any(split))
    ngrams = {
        length: [
            [" ".join(row[start : start + length]) for start in range(len(row) - length + 1)]
            for row in split
        ]
        for length in range(1, longest + 1)
    }
    counts = Counter(ngram for rows in ngrams.values() for row in rows for ngram in row)
    expected = [ngram for ngram, _ in counts.most_common(max_words - 1)]

    vocabulary = fit_vocabulary(tokenize_texts(texts), max_words, longest)
    assert vocabulary.words == ["", *expected]
    found = [[row for rows in ngrams.values() for row in rows[text]] for text in range(len(texts))]
    documents = [sum(ngram in row for row in found) for ngram in expected]
    assert vocabulary.documents.tolist() == [len(texts), *documents]
    rows = vocabulary.encode(texts)
    for row, ids in zip(found, np.split(rows.ids, rows.offsets[1:-1]), strict=True):
        assert Counter(vocabulary.words[index] for index in ids) == Counter(
            ngram for ngram in row if ngram in expected
        )
