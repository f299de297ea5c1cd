"""Trains encoder-wide: a linear model of words, then an encoder, and adds their logits."""

import numpy as np

from imdb_genres.model.calibration import total_loss
from imdb_genres.networks.encoder_wide import join
from imdb_genres.networks.types import Network
from imdb_genres.params.training import Train
from imdb_genres.training.dataset import TokenizedDataset
from imdb_genres.training.description import calibration_targets, model_description
from imdb_genres.training.fit import NO_CALLBACKS, Callbacks, TrainedModel, train_model
from imdb_genres.training.targets import make_targets

SHARES = np.linspace(0, 1, 11)  # of the words, tried on validation rows
ACCURACIES = (
    "train: accuracy in validation {:.3f}; {:.3f} of the words alone, {:.3f} of the encoder alone; "
    "the words' share of the log-probabilities is {:.1f}"
)
DIGITS = 4  # of the losses that are compared: processors disagree about further ones


def train_encoder_wide(
    dataset: TokenizedDataset, settings: Train, seed: int, callbacks: Callbacks = NO_CALLBACKS
) -> TrainedModel:
    """Train both parts, like ``train_model``; only the encoder's training calls ``callbacks``.

    The weighted mean of two models' log-probabilities is, up to a constant of each row, that of
    their logits over their temperatures. Its weights are folded into those of the output layers.
    """
    words = train_model(dataset, words_settings(settings), seed)
    kernel, bias = words.network.get_layer("logits").get_weights()
    alone = settings.model_copy(update={"architecture": "encoder"})
    encoder = train_model(dataset, alone, seed, callbacks)
    word_logits, encoder_logits = (
        model.validation_logits / model.description.temperature for model in (words, encoder)
    )
    share = choose_share(word_logits, encoder_logits, dataset, settings)
    network = join(encoder.network, len(dataset.vocabulary))
    scale = share / words.description.temperature
    network.get_layer("wide").set_weights([scale * kernel])
    scale_logits(network, (1 - share) / encoder.description.temperature, scale * bias)
    logits = (share * word_logits + (1 - share) * encoder_logits).astype(np.float32)
    accuracies = [
        validation_accuracy(part, dataset, settings)
        for part in (logits, words.validation_logits, encoder.validation_logits)
    ]
    print(ACCURACIES.format(*accuracies, share))
    return TrainedModel(
        network,
        encoder.history,
        encoder.selected_epoch,
        logits,
        model_description(logits, dataset, settings),
    )


def words_settings(settings: Train) -> Train:
    """Return the settings of the linear model of words."""
    linear = {"architecture": "mlp", "units": [], "dropout": [0.0], "l1": [0.0], "patience": 0}
    return settings.model_copy(update={**dict(settings.encoder_wide), **linear})


def choose_share(
    words: np.ndarray, encoder: np.ndarray, dataset: TokenizedDataset, settings: Train
) -> float:
    """Return the share of the words with the lowest loss on validation rows, given both logits."""
    kind, targets = calibration_targets(dataset, settings)
    losses = [total_loss(share * words + (1 - share) * encoder, *targets, kind) for share in SHARES]
    return float(SHARES[np.argmin(np.round(losses, DIGITS))])


def validation_accuracy(logits: np.ndarray, dataset: TokenizedDataset, settings: Train) -> float:
    """Return the accuracy of validation ``logits``, as metrics/history.csv has it of the encoder."""
    targets = make_targets(settings.targets, dataset.label, dataset.labels, ~dataset.is_validation)
    values, weights = (array[dataset.is_validation] for array in targets)
    correct = values[np.arange(len(values)), logits.argmax(axis=1)]
    return float((weights * correct).sum() / weights.sum())


def scale_logits(network: Network, scale: float, bias: np.ndarray) -> None:
    """Multiply the output layer's weights by ``scale``, and add ``bias``."""
    layer = network.get_layer("logits")
    own_kernel, own_bias = layer.get_weights()
    layer.set_weights([scale * own_kernel, scale * own_bias + bias])
