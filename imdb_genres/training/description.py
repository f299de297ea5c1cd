"""Describes a trained network for model.json, with probabilities calibrated on validation rows."""

import numpy as np

from imdb_genres.model.calibration import (
    fit_temperature,
    fit_thresholds,
    genre_prior,
    probabilities,
)
from imdb_genres.model.folder import Description
from imdb_genres.networks.registry import find_architecture
from imdb_genres.params.training import TargetKind, Train
from imdb_genres.training.dataset import TokenizedDataset
from imdb_genres.training.targets import Targets, make_targets


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
        input=find_architecture(settings.architecture).inputs(settings),
        genres=dataset.genres,
        targets=settings.targets,
        temperature=temperature,
        thresholds=fit_thresholds(probabilities(logits, settings.targets, temperature), labels),
        frequencies=genre_prior(dataset.labels),
    )


def calibration_targets(dataset: TokenizedDataset, settings: Train) -> tuple[TargetKind, Targets]:
    """Return the targets of the validation rows for fitting probabilities, and their kind.

    Probabilities of a single genre assume a uniform genre prior, so their targets are soft, even if
    the network was trained on others.
    """
    labels = dataset.labels[dataset.is_validation]
    kind: TargetKind = "multi-label" if settings.targets == "multi-label" else "soft"
    everyone = np.ones(len(labels), bool)
    return kind, make_targets(kind, labels.argmax(axis=1), labels, everyone)
