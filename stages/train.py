"""Trains the network and writes model/ and metrics/history.csv."""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from stages import tracking
from stages.architectures import FAMILIES, build_network
from stages.backend import make_repeatable, use_threads
from stages.calibration import expected_frequencies, fit_temperature, fit_thresholds
from stages.checkpoint import Checkpoint, checkpoint_of
from stages.feed import make_feed
from stages.files import DATA, METRICS, MODEL, replacing
from stages.forward import probabilities
from stages.model_folder import Description, write_model
from stages.optimizers import FusedAdam
from stages.params import Params, Train
from stages.rows import Rows
from stages.runner import run
from stages.targets import Targets, make_targets
from stages.text import Vocabulary
from stages.trainer import Progress, Row, Trainer, run_epochs


def main(params: Params) -> None:
    """Train on data/tokens.npz; say how it went, and in plain words if it went nowhere."""
    with tracking.training() as run, checkpoint_of("train") as checkpoint:
        train(params, run, checkpoint)


def train(params: Params, tracked: tracking.Run, checkpoint: Checkpoint | None) -> None:
    """Train, report every epoch to ``tracked``, and write model/ and metrics/history.csv."""
    use_threads(params.train.threads)
    with np.load(DATA / "tokens.npz") as file:
        tokens = dict(file)
    vocabulary = Vocabulary.read(DATA / "vocabulary.txt")
    targets = make_targets(
        params.train.targets, tokens["label"], tokens["labels"], ~tokens["validation"]
    )
    trainer = make_trainer(tokens, vocabulary, targets, params.train, params.seed)
    progress = fit(trainer, tokens["validation"], params, tracked, checkpoint)
    validation = np.flatnonzero(tokens["validation"])
    logits = trainer.logits(validation)
    description = describe(
        logits, tokens["labels"][validation], tokens["genres"].tolist(), params.train
    )
    write_history(METRICS / "history.csv", progress.history)
    write_model(MODEL, trainer.network, description, DATA / "vocabulary.txt")
    print(summary(progress, params.train))
    if warning := collapse(logits, description.genres):
        print(warning, file=sys.stderr)


def make_trainer(
    tokens: dict[str, np.ndarray],
    vocabulary: Vocabulary,
    targets: Targets,
    settings: Train,
    seed: int,
) -> Trainer:
    """Return a fresh network of the chosen family, fed with the rows of ``tokens``."""
    make_repeatable(seed)
    rows_settings, network_settings = family_settings(settings)
    network = build_network(
        settings.architecture, len(vocabulary.words), len(tokens["genres"]), network_settings
    )
    feed = make_feed(Rows(tokens["ids"], tokens["offsets"]), vocabulary, rows_settings)
    optimizer = FusedAdam(settings.learning_rate)
    return Trainer(network, feed, targets, settings.targets, optimizer)


def family_settings(settings: Train) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the parameters of the family's rows, and those of its network."""
    family = FAMILIES[settings.architecture]
    return (
        {name: getattr(settings, name) for name in family.rows},
        {name: getattr(settings, name) for name in family.network},
    )


def fit(
    trainer: Trainer,
    is_validation: np.ndarray,
    params: Params,
    tracked: tracking.Run,
    checkpoint: Checkpoint | None,
) -> Progress:
    """Train to the end, a bar on a terminal; leave the network with the weights that count."""
    folds = np.flatnonzero(~is_validation), np.flatnonzero(is_validation)
    progress = Progress()
    if checkpoint and checkpoint.restore(trainer, progress):
        print(f"train: goes on after epoch {progress.epoch}, where it was interrupted")
    for row in progress.history:
        tracked.log_epoch(row)
    epochs = run_epochs(trainer, progress, folds, params.train, params.seed)
    with tqdm(
        total=params.train.epochs, initial=progress.epoch, unit="epoch", disable=None, leave=False
    ) as bar:
        for _ in epochs:
            if checkpoint:
                checkpoint.save(trainer, progress)
            tracked.log_epoch(progress.history[-1])
            bar.update()
            bar.set_postfix(progress.history[-1])
    if params.train.patience:
        trainer.network.set_weights(progress.best_weights)
    return progress


def describe(
    logits: np.ndarray, labels: np.ndarray, genres: list[str], settings: Train
) -> Description:
    """Return model.json's content: what is fitted here, is fitted on validation rows.

    A single genre's probability means: were all genres equally common. So the temperature fits
    soft targets, whatever the network learnt from.
    """
    kind = "multi-label" if settings.targets == "multi-label" else "soft"
    every = np.ones(len(labels), bool)
    truth = make_targets(kind, labels.argmax(axis=1), labels, every)
    temperature = fit_temperature(logits, truth, kind)
    values = probabilities(logits, settings.targets, temperature)
    rows_settings, network_settings = family_settings(settings)
    return Description(
        architecture=settings.architecture,
        network=network_settings,
        rows=rows_settings,
        genres=genres,
        targets=settings.targets,
        temperature=temperature,
        thresholds=fit_thresholds(values, labels),
        frequencies=expected_frequencies(labels),
    )


def write_history(path: Path, history: Iterable[Row]) -> None:
    """Write one line an epoch: losses with penalties, and accuracies, while and after learning."""
    history = list(history)
    with replacing(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, history[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(history)


def summary(progress: Progress, settings: Train) -> str:
    """Return what the training did, in one line."""
    chosen = progress.history[progress.best_epoch - 1 if settings.patience else -1]
    return (
        f"train: {settings.architecture}, {progress.epoch} epochs, kept epoch {chosen['epoch']}: "
        f"accuracy {chosen['accuracy/train']:.3f} in training, "
        f"{chosen['accuracy/validation']:.3f} in validation"
    )


def collapse(logits: np.ndarray, genres: list[str]) -> str | None:
    """Return a warning if the network names one genre for every row."""
    named = np.unique(logits.argmax(axis=1))
    if len(named) > 1:
        return None
    return (
        f"train: the network has collapsed: it names {genres[named[0]]} for all {len(logits)} "
        "validation descriptions and has learnt nothing. Lower train.l1 (0.15 always does this), "
        "train.dropout or train.learning_rate"
    )


if __name__ == "__main__":
    run(main)
