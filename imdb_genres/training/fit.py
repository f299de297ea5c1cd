"""Trains a network on a dataset in memory: no files, no tracking."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from imdb_genres.model.calibration import (
    fit_temperature,
    fit_thresholds,
    genre_prior,
    probabilities,
)
from imdb_genres.model.folder import Description
from imdb_genres.networks.keras_backend import enable_determinism
from imdb_genres.networks.registry import find_family
from imdb_genres.networks.types import Network
from imdb_genres.params.training import TargetKind, Train
from imdb_genres.text.vectorizer import ChunkInput
from imdb_genres.training.batches import make_batcher
from imdb_genres.training.check_forward import check_forward
from imdb_genres.training.checkpoint import Checkpoint
from imdb_genres.training.dataset import TokenizedDataset
from imdb_genres.training.fine_tuning import fine_tuning
from imdb_genres.training.history import EpochMetrics, History
from imdb_genres.training.loop import TrainingState, training_loop
from imdb_genres.training.losses import make_loss
from imdb_genres.training.optimizers import make_optimizer
from imdb_genres.training.targets import Targets, make_targets
from imdb_genres.training.trainer import OnSteps, Trainer

FEW_WORDS = 3  # on average in a text: what is split at spaces has none
OnEpoch = Callable[[EpochMetrics], object]


@dataclass(frozen=True)
class TrainedModel:
    """A trained network, how its training went, and what model.json says of it.

    ``validation_logits`` is float32 (validation rows, genres), ``selected_epoch`` the epoch, from
    1, whose weights the network has.
    """

    network: Network
    history: History
    selected_epoch: int
    validation_logits: np.ndarray
    description: Description


def train_model(
    dataset: TokenizedDataset,
    settings: Train,
    seed: int,
    on_epoch: OnEpoch = lambda metrics: None,
    checkpoint: Checkpoint | None = None,
    on_steps: OnSteps | None = None,
) -> TrainedModel:
    """Train a fresh network of the chosen family on ``dataset``.

    The result depends on the arguments alone, not on what was trained before in this process; for
    the number of threads and the device, call ``keras_backend.configure`` before the first one.
    ``on_epoch`` gets the metrics of every epoch, restored ones first; an exception that it raises
    ends the training. Raises UserError if the training diverges.
    """
    trainer = make_trainer(dataset, settings, seed, on_steps)
    check_forward(trainer, dataset, settings)
    state = TrainingState()
    if checkpoint and checkpoint.restore(trainer, state):
        print(f"train: resuming after epoch {state.epoch}")
    for metrics in state.history.epochs:
        on_epoch(metrics)
    for metrics in training_loop(trainer, state, dataset.folds(), settings, seed):
        if checkpoint and checkpoint.is_due():
            checkpoint.save(trainer, state)
        on_epoch(metrics)
    if state.best_weights:
        trainer.network.set_weights(state.best_weights)
    logits = trainer.logits(dataset.folds()[1])
    return TrainedModel(
        trainer.served,
        state.history,
        state.selected_epoch,
        logits,
        model_description(logits, dataset, settings),
    )


def make_trainer(
    dataset: TokenizedDataset, settings: Train, seed: int, on_steps: OnSteps | None = None
) -> Trainer:
    """Return a fresh network of the chosen family with the batches and targets of ``dataset``."""
    enable_determinism(seed, settings.deterministic)
    family = find_family(settings.architecture)
    network = family.build(len(dataset.vocabulary), len(dataset.genres), settings)
    is_training = ~dataset.is_validation
    steps_per_epoch = -(-int(is_training.sum()) // settings.batch_size)
    targets = make_targets(settings.targets, dataset.label, dataset.labels, is_training)
    loss = make_loss(settings, len(dataset.genres))
    inputs = family.inputs(settings)
    if isinstance(inputs, ChunkInput):
        parts = fine_tuning(network, dataset.encoded_by(settings), settings, steps_per_epoch)
        return Trainer(
            parts.network,
            parts.batcher,
            targets,
            parts.optimizer,
            loss,
            settings.l2,
            parts.pace,
            on_steps,
            served=network,
        )
    batcher = make_batcher(dataset.rows, dataset.vocabulary, inputs)
    optimizer = make_optimizer(settings, steps_per_epoch)
    return Trainer(network, batcher, targets, optimizer, loss, settings.l2, on_steps=on_steps)


def model_description(
    logits: np.ndarray, dataset: TokenizedDataset, settings: Train
) -> Description:
    """Return model.json's content; temperature and thresholds are fitted on validation ``logits``."""
    labels = dataset.labels[dataset.is_validation]
    kind, targets = calibration_targets(dataset, settings)
    temperature = fit_temperature(logits, *targets, kind)
    return Description(
        architecture=settings.architecture,
        network=settings.dump(),
        input=find_family(settings.architecture).inputs(settings),
        genres=dataset.genres,
        targets=settings.targets,
        temperature=temperature,
        thresholds=fit_thresholds(probabilities(logits, settings.targets, temperature), labels),
        frequencies=genre_prior(dataset.labels),
    )


def calibration_targets(dataset: TokenizedDataset, settings: Train) -> tuple[TargetKind, Targets]:
    """Return the targets of validation rows that probabilities are fitted to, and their kind.

    Probabilities of a single genre assume a uniform genre prior, so these are soft targets whatever
    the training targets were.
    """
    labels = dataset.labels[dataset.is_validation]
    kind: TargetKind = "multi-label" if settings.targets == "multi-label" else "soft"
    everyone = np.ones(len(labels), bool)
    return kind, make_targets(kind, labels.argmax(axis=1), labels, everyone)


def collapse_warning(
    logits: np.ndarray, genres: Sequence[str], words_per_text: float
) -> str | None:
    """Return a warning if a network with these validation ``logits`` predicts one genre only."""
    predicted = np.unique(logits.argmax(axis=1))
    if len(predicted) > 1:
        return None
    advice = "Lower train.l1 (0.15 always does this), train.dropout or train.learning_rate"
    if words_per_text < FEW_WORDS:
        advice = (
            f"A description has only {words_per_text:.1f} known words on average: where words are "
            "written without spaces (Chinese, Japanese, Thai), put spaces between them first"
        )
    return (
        f"train: the network collapsed: it predicts {genres[predicted[0]]} for all "
        f"{len(logits)} validation descriptions. {advice}"
    )
