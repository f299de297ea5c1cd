"""Trains the network and writes model/ and metrics/history.csv."""

import sys
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from imdb_genres.model.calibration import fit_temperature, fit_thresholds, genre_prior
from imdb_genres.model.folder import Description, write_model
from imdb_genres.model.probabilities import probabilities
from imdb_genres.networks.keras_backend import enable_determinism, set_num_threads
from imdb_genres.networks.registry import build_network, network_settings, rows_settings
from imdb_genres.params.schema import Params
from imdb_genres.params.training import Train
from imdb_genres.paths import DATA, METRICS, MODEL
from imdb_genres.registry import tracker
from imdb_genres.stage import run_stage
from imdb_genres.text.ragged import RaggedArray
from imdb_genres.text.vocabulary import Vocabulary
from imdb_genres.training.batches import make_batcher
from imdb_genres.training.checkpoint import Checkpoint, checkpoint_of
from imdb_genres.training.history import collapse_warning, summary, write_history
from imdb_genres.training.loop import Progress, training_loop
from imdb_genres.training.optimizers import make_optimizer
from imdb_genres.training.targets import make_targets
from imdb_genres.training.trainer import Trainer


class Corpus(NamedTuple):
    """The tokenize stage's outputs: a line for each row of training and validation."""

    vocabulary: Vocabulary
    rows: RaggedArray
    genres: list[str]
    label: np.ndarray
    labels: np.ndarray
    is_validation: np.ndarray


def main(params: Params) -> None:
    """Train on data/tokens.npz; say how it went, and in plain words if it went nowhere."""
    with tracker.training() as run, checkpoint_of("train") as checkpoint:
        train(params, run, checkpoint)


def train(params: Params, tracked: tracker.Run, checkpoint: Checkpoint | None) -> None:
    """Train, report every epoch to ``tracked``, and write model/ and metrics/history.csv."""
    set_num_threads(params.train.threads)
    corpus = read_corpus()
    trainer = make_trainer(corpus, params.train, params.seed)
    folds = np.flatnonzero(~corpus.is_validation), np.flatnonzero(corpus.is_validation)
    progress = fit(trainer, folds, params, tracked, checkpoint)
    logits = trainer.logits(folds[1])
    description = describe(logits, corpus, params.train)
    tracked.log_scores({"weights": trainer.network.count_params(), "epochs": progress.epoch})
    write_history(METRICS / "history.csv", progress.history)
    write_model(MODEL, trainer.network, description, DATA / "vocabulary.txt")
    print(f"train: {params.train.architecture}, {summary(progress.history, progress.kept)}")
    if warning := collapse_warning(logits, corpus.genres, len(corpus.rows.ids) / len(corpus.rows)):
        print(warning, file=sys.stderr)


def read_corpus() -> Corpus:
    """Read data/vocabulary.txt and data/tokens.npz."""
    with np.load(DATA / "tokens.npz") as tokens:
        return Corpus(
            Vocabulary.read(DATA / "vocabulary.txt"),
            RaggedArray(tokens["ids"], tokens["offsets"]),
            tokens["genres"].tolist(),
            tokens["label"],
            tokens["labels"],
            tokens["validation"],
        )


def make_trainer(corpus: Corpus, settings: Train, seed: int) -> Trainer:
    """Return a fresh network of the chosen family, fed with the rows of ``corpus``."""
    enable_determinism(seed, settings.deterministic)
    words, genres = len(corpus.vocabulary.words), len(corpus.genres)
    network = build_network(settings.architecture, words, genres, network_settings(settings))
    feed = make_batcher(corpus.rows, corpus.vocabulary, rows_settings(settings))
    training = ~corpus.is_validation
    targets = make_targets(settings.targets, corpus.label, corpus.labels, training)
    steps = -(-int(training.sum()) // settings.batch_size)
    optimizer = make_optimizer(settings, steps)
    return Trainer(
        network,
        feed,
        targets,
        optimizer,
        kind=settings.targets,
        loss=settings.loss,
        label_smoothing=settings.label_smoothing,
        l2=settings.l2,
    )


def fit(
    trainer: Trainer,
    folds: tuple[np.ndarray, np.ndarray],
    params: Params,
    tracked: tracker.Run,
    checkpoint: Checkpoint | None,
) -> Progress:
    """Train to the end, a bar on a terminal; leave the network with the weights that count."""
    progress = Progress()
    if checkpoint and checkpoint.restore(trainer, progress):
        print(f"train: goes on after epoch {progress.epoch}, where it was interrupted")
    for row in progress.history:
        tracked.log_epoch(row)
    bar = tqdm(
        initial=progress.epoch, total=params.train.epochs, disable=None, restore_status=False
    )
    with bar:
        for row in training_loop(trainer, progress, folds, params.train, params.seed):
            if checkpoint:
                checkpoint.save(trainer, progress)
            tracked.log_epoch(row)
            bar.update()
            bar.set_postfix(row)
    if progress.best_weights:
        trainer.network.set_weights(progress.best_weights)
    return progress


def describe(logits: np.ndarray, corpus: Corpus, settings: Train) -> Description:
    """Return model.json's content: temperature and thresholds are fitted on validation rows.

    A single genre's probability means: were all genres equally common. So the temperature fits
    soft targets, whatever the network learnt from.
    """
    labels = corpus.labels[corpus.is_validation]
    kind = "multi-label" if settings.targets == "multi-label" else "soft"
    truth = make_targets(kind, labels.argmax(axis=1), labels, np.ones(len(labels), bool))
    temperature = fit_temperature(logits, truth, kind)
    values = probabilities(logits, settings.targets, temperature)
    return Description(
        architecture=settings.architecture,
        network=network_settings(settings),
        rows=rows_settings(settings),
        genres=corpus.genres,
        targets=settings.targets,
        temperature=temperature,
        thresholds=fit_thresholds(values, labels),
        frequencies=genre_prior(corpus.labels),
    )


if __name__ == "__main__":
    run_stage(main, "train")
