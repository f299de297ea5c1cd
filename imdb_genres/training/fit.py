"""Trains a network on a dataset in memory: no files, no tracking."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from imdb_genres.model.folder import Description
from imdb_genres.networks.keras_backend import enable_determinism
from imdb_genres.networks.registry import find_architecture
from imdb_genres.networks.types import Network
from imdb_genres.params.training import Train
from imdb_genres.text.vectorizer import ChunkInput
from imdb_genres.training.batches import make_batcher
from imdb_genres.training.check_forward import check_forward
from imdb_genres.training.checkpoint import Checkpoint
from imdb_genres.training.dataset import TokenizedDataset
from imdb_genres.training.description import model_description
from imdb_genres.training.fine_tuning import fine_tuning
from imdb_genres.training.history import EpochMetrics, History
from imdb_genres.training.loop import TrainingState, training_loop
from imdb_genres.training.losses import make_loss
from imdb_genres.training.optimizers import make_optimizer
from imdb_genres.training.targets import make_targets
from imdb_genres.training.trainer import OnSteps, Trainer


@dataclass(frozen=True)
class TrainedModel:
    """A trained network, its learning curves and its model.json.

    ``validation_logits`` is float32 (validation rows, genres), ``selected_epoch`` the epoch, from
    1, whose weights the network has.
    """

    network: Network
    history: History
    selected_epoch: int
    validation_logits: np.ndarray
    description: Description


@dataclass(frozen=True)
class Callbacks:
    """What a training calls while it runs.

    ``on_epoch`` gets the metrics of every epoch, also of those restored from ``checkpoint``; an
    exception that it raises ends the training.
    """

    on_epoch: Callable[[EpochMetrics], object] = lambda metrics: None
    on_steps: OnSteps | None = None
    checkpoint: Checkpoint | None = None


NO_CALLBACKS = Callbacks()


def train_model(
    dataset: TokenizedDataset, settings: Train, seed: int, callbacks: Callbacks = NO_CALLBACKS
) -> TrainedModel:
    """Train a fresh network of the chosen architecture on ``dataset``.

    The result depends on the arguments only, not on earlier trainings in this process. To set the
    device and the number of threads, call ``keras_backend.configure`` before the first training.
    Raises UserError if the training diverges.
    """
    trainer = make_trainer(dataset, settings, seed, callbacks.on_steps)
    check_forward(trainer, dataset, settings)
    state, checkpoint = TrainingState(), callbacks.checkpoint
    if checkpoint and checkpoint.restore(trainer, state):
        print(f"train: resuming after epoch {state.epoch}")
    for metrics in state.history.epochs:
        callbacks.on_epoch(metrics)
    for metrics in training_loop(trainer, state, dataset.folds(), settings, seed):
        if checkpoint and checkpoint.is_due():
            checkpoint.save(trainer, state)
        callbacks.on_epoch(metrics)
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
    """Return a fresh network of the chosen architecture with the batches and targets of ``dataset``."""
    enable_determinism(seed, settings.deterministic)
    architecture = find_architecture(settings.architecture)
    network = architecture.build(len(dataset.vocabulary), len(dataset.genres), settings)
    is_training = ~dataset.is_validation
    steps_per_epoch = -(-int(is_training.sum()) // settings.batch_size)
    targets = make_targets(settings.targets, dataset.label, dataset.labels, is_training)
    loss = make_loss(settings, len(dataset.genres))
    inputs = architecture.inputs(settings)
    if isinstance(inputs, ChunkInput):
        parts = fine_tuning(network, dataset.require_subwords(settings), settings, steps_per_epoch)
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
