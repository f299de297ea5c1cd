"""Encodes descriptions as word ids; the vocabulary is fitted on training rows only."""

if __name__ == "tokenize":  # `python stages/label.py`: this file shadows the standard library's
    raise SystemExit("run stages from the repository's root as modules: python -m stages.label")

from collections.abc import Iterator
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from imdb_genres.download.checksums import sha256_of_file
from imdb_genres.download.encoders import ensure_encoder
from imdb_genres.io.parquet import read_columns, read_row_groups
from imdb_genres.params.encoders import WEIGHTS
from imdb_genres.params.network import Encoder
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA
from imdb_genres.stage import run_stage
from imdb_genres.text.fit_vocabulary import fit_vocabulary
from imdb_genres.text.ragged import concatenate
from imdb_genres.text.subwords import SubwordTokenizer
from imdb_genres.text.tokenizer import tokenize_texts
from imdb_genres.training.dataset import Subwords, TokenizedDataset

FILMS = DATA / "balanced.parquet"
FOLDS = ["train", "validation"]


class Labels(NamedTuple):
    """The genres of the rows of both folds; see TokenizedDataset."""

    genres: list[str]
    label: np.ndarray
    labels: np.ndarray
    is_validation: np.ndarray


def main(params: Params) -> None:
    """Write data/vocabulary.txt and data/tokens.npz."""
    training, validation = FOLDS
    texts = tokenize_texts(read_texts(training))
    vocabulary = fit_vocabulary(texts, params.tokenize.max_words, params.tokenize.ngrams)
    rows = concatenate([vocabulary.encode_words(texts), vocabulary.encode(read_texts(validation))])
    subwords = read_subwords(params.train.encoder) if params.train.reads_subwords() else None
    TokenizedDataset(vocabulary, rows, *read_labels(), subwords).write(DATA)
    print(f"tokenize: {len(rows)} descriptions, {len(rows.ids)} word ids below {len(vocabulary)}")


def read_subwords(settings: Encoder) -> Subwords:
    """Return the subword ids of all rows; download the encoder if it is missing."""
    folder = ensure_encoder(settings.weights)
    tokenizer = SubwordTokenizer.read(folder)
    rows = tokenizer.encode(chain.from_iterable(map(read_texts, FOLDS)))
    sha256 = sha256_of_file(folder / WEIGHTS)
    return Subwords(rows, tokenizer.start, tokenizer.end, sha256)


def read_texts(fold: str) -> Iterator[str]:
    """Yield the descriptions of one fold, with one row group in memory at a time."""
    for table in read_row_groups(FILMS, ["text", "fold"]):
        texts, folds = table.to_pydict().values()
        yield from (text for text, other in zip(texts, folds, strict=True) if other == fold)


def read_labels() -> Labels:
    """Return the genres of all rows, training rows first."""
    films = zip(*read_columns(FILMS, "fold", "label", "labels"), strict=True)
    folds, label, labels = zip(*sorted(films, key=itemgetter(0)), strict=True)  # a stable sort
    genres = sorted(set().union(*labels))
    return Labels(
        genres,
        np.array([genres.index(genre) for genre in label], np.int16),
        np.array([[genre in chosen for genre in genres] for chosen in labels]),
        np.array([fold == FOLDS[1] for fold in folds]),
    )


if __name__ == "__main__":
    run_stage(main, "tokenize")
