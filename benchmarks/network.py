"""How the project's own networks learn: the stages from balance to train, in this process."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import yaml

from benchmarks.learners import Films, Scorer
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.experiments.overrides import apply_changes
from imdb_genres.experiments.recipes import PARAMS
from imdb_genres.inference.predictor import Predictor
from imdb_genres.model.folder import write_model
from imdb_genres.params.schema import check_params
from imdb_genres.text.fit_vocabulary import fit_vocabulary
from imdb_genres.text.ragged import concatenate
from imdb_genres.text.tokenizer import tokenize_texts
from imdb_genres.training.dataset import TokenizedDataset
from stages.balance import balanced_rows


def network(train: Films, validation: Films, seed: int, **changes: Any) -> Scorer:
    """Run the stages from balance to train with ``changes`` of params.yaml; keys are dotted."""
    from imdb_genres.training.fit import train_model

    defaults = yaml.safe_load((repository_root() / PARAMS).read_text(encoding="utf-8"))
    params = check_params(apply_changes(defaults, {**changes, "seed": seed}))
    selected = balanced_rows(train.label, params.balance.strategy, seed)
    words = tokenize_texts(train.texts[row] for row in selected)
    vocabulary = fit_vocabulary(words, params.tokenize.max_words, params.tokenize.ngrams)
    rows = concatenate([vocabulary.encode_words(words), vocabulary.encode(validation.texts)])
    label = np.concatenate([train.label[selected], validation.label])
    labels = np.concatenate([train.labels[selected], validation.labels])
    held_back = np.arange(len(label)) >= len(selected)
    dataset = TokenizedDataset(vocabulary, rows, train.genres, label, labels, held_back)
    trained = train_model(dataset, params.train, seed)
    with TemporaryDirectory() as folder:
        vocabulary.write(Path(folder) / "vocabulary.txt")
        model = Path(folder) / "model"
        write_model(model, trained.network, trained.description, Path(folder) / "vocabulary.txt")
        predictor = Predictor.load(model)
    return lambda texts: predictor.single_label_proba(predictor.predict_proba(texts))
