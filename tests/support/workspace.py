"""A small repository of invented films to train in."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from imdb_genres.params.schema import Params, check_params
from imdb_genres.text.fit_vocabulary import fit_vocabulary
from imdb_genres.text.tokenizer import tokenize_texts
from imdb_genres.training.dataset import TokenizedDataset
from tests.support.params import PARAMS, values_with

GENRES = {
    "Comedy": "a clumsy waiter falls into a cake and everybody laughs",
    "Horror": "a ghost with a knife waits in the cellar of the old house",
    "Western": "a lonely sheriff rides into the dusty town with his gun",
}
QUICK = {
    "units": [8],
    "dropout": [0.2],
    "l1": [0.0],
    "epochs": 12,
    "batch_size": 8,
    "learning_rate": 0.02,
    "threads": 1,
}


def write_params(folder: Path, others: dict[str, Any] | None = None, **train: Any) -> Params:
    """Write params.yaml with a network that trains in a moment, changed by ``train``.

    ``others`` are parameters of other sections, with dotted keys.
    """
    changes = {f"train.{name}": value for name, value in {**QUICK, **train}.items()}
    values = values_with({**(others or {}), **changes})
    (folder / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return check_params(values)


def write_workspace(folder: Path) -> None:
    """Fill ``folder`` with the code and with the tokenize stage's outputs."""
    for name in ("dvc.yaml", "stages", "imdb_genres"):
        (folder / name).symlink_to(PARAMS.parent / name)
    (folder / ".dvc").mkdir()
    write_tokens(folder / "data")


def write_tokens(folder: Path, rows: int = 60) -> None:
    """Write tokens of films of one genre each, which its words give away."""
    rng = np.random.default_rng(1)
    label = np.arange(rows) % len(GENRES)
    sentences = [GENRES[genre].split() for genre in sorted(GENRES)]
    words = tokenize_texts(" ".join(rng.choice(sentences[genre], 6)) for genre in label)
    vocabulary = fit_vocabulary(words, 100)
    encoded = vocabulary.encode_words(words)
    folder.mkdir()
    labels = np.eye(len(GENRES), dtype=bool)[label]
    is_validation = np.arange(rows) % 4 == 0
    TokenizedDataset(
        vocabulary, encoded, sorted(GENRES), label.astype(np.int16), labels, is_validation
    ).write(folder)


def digest(folder: Path) -> str:
    """Return one hash of all files of ``folder``."""
    files = sorted(folder.iterdir())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
