"""How the project's own networks learn: the stages from balance to train, in this process."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import yaml

from benchmarks.learners import Films, Scorer
from stages.balance import balanced_rows
from stages.experiments.recipes import PARAMS, overridden
from stages.model.folder import write_model
from stages.model.predictor import Predictor
from stages.params import check_params
from stages.repository.root import repository_root
from stages.text.rows import concatenate
from stages.text.words import split_words
from stages.tokenize import fit_vocabulary
from stages.tracking import Untracked


def network(train: Films, validation: Films, seed: int, **changes: Any) -> Scorer:
    """Run the stages from balance to train with ``changes`` of params.yaml; keys are dotted."""
    from stages.train import Corpus, describe, fit, make_trainer

    defaults = yaml.safe_load((repository_root() / PARAMS).read_text(encoding="utf-8"))
    params = check_params(overridden(defaults, {**changes, "seed": seed}))
    kept = balanced_rows(train.label, params.balance.strategy, seed)
    words = split_words(train.texts[row] for row in kept)
    vocabulary = fit_vocabulary(words, params.tokenize.max_words, params.tokenize.ngrams)
    rows = concatenate([vocabulary.encode_words(words), vocabulary.encode(validation.texts)])
    label = np.concatenate([train.label[kept], validation.label])
    labels = np.concatenate([train.labels[kept], validation.labels])
    held_back = np.arange(len(label)) >= len(kept)
    corpus = Corpus(vocabulary, rows, train.genres, label, labels, held_back)
    trainer = make_trainer(corpus, params.train, seed)
    folds = np.flatnonzero(~held_back), np.flatnonzero(held_back)
    fit(trainer, folds, params, Untracked(), None)
    description = describe(trainer.logits(folds[1]), corpus, params.train)
    with TemporaryDirectory() as folder:
        vocabulary.write(Path(folder) / "vocabulary.txt")
        model = Path(folder) / "model"
        write_model(model, trainer.network, description, Path(folder) / "vocabulary.txt")
        predictor = Predictor.load(model)
    return lambda texts: predictor.single(predictor.predict(texts))
