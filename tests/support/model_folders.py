"""Model folders of the real format without a training: each genre has words that speak for it."""

from pathlib import Path
from typing import Literal

import h5py
import numpy as np

from imdb_genres.io.atomic import write_json
from imdb_genres.model.folder import DESCRIPTION, VOCABULARY, WEIGHTS, Description
from imdb_genres.text.fit_vocabulary import fit_vocabulary
from imdb_genres.text.tokenizer import tokenize_texts
from imdb_genres.text.vectorizer import SparseInput

Targets = Literal["label", "soft", "multi-label"]
SPEAKS_FOR = {
    "Comedy": ["clumsy", "waiter", "laughs"],
    "Horror": ["ghost", "knife", "cellar"],
    "Western": ["sheriff", "gunman", "dusty"],
}


def make_model(folder: Path, weight: float = 2.0, targets: Targets = "label") -> Path:
    """Write a linear model in which each of a genre's words adds ``weight`` to its logit."""
    texts = [" ".join(words) for words in SPEAKS_FOR.values()]
    vocabulary = fit_vocabulary(tokenize_texts(texts), 100)
    kernel = np.array(
        [[weight * (word in words) for words in SPEAKS_FOR.values()] for word in vocabulary.words],
        np.float32,
    )
    description = Description(
        architecture="mlp",
        network={"units": [], "activation": "relu", "input_dropout": 0, "dropout": [0], "l1": [0]},
        input=SparseInput("binary", normalize=False),
        genres=list(SPEAKS_FOR),
        targets=targets,
        temperature=1.0,
        thresholds=[0.6] * 3,
        frequencies=[1 / 3] * 3,
    )
    folder.mkdir(parents=True)
    write_json(folder / DESCRIPTION, description.model_dump())
    vocabulary.write(folder / VOCABULARY)
    with h5py.File(folder / WEIGHTS, "w") as file:
        file["layers/sparse_dense/vars/0"] = kernel
        file["layers/sparse_dense/vars/1"] = np.zeros(len(SPEAKS_FOR), np.float32)
        file["layers/sparse_dense/vars"].attrs["name"] = "logits"
    return folder
