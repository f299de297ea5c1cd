"""The optimizer of a pretrained encoder: AdamW with warm-up and lower rates for lower layers."""

import re
from collections.abc import Mapping

from imdb_genres.networks.keras_backend import keras, tf
from imdb_genres.networks.types import Network, Tensor
from imdb_genres.params.training import Train


class FineTuningAdam(keras.optimizers.AdamW):  # type: ignore[misc]
    """AdamW with a learning rate for each variable: ``scales``, by path, times the schedule's.

    Weights decay at the schedule's rate, which ``scales`` does not change.
    """

    def __init__(self, rate: Tensor, scales: Mapping[str, float], weight_decay: float) -> None:
        super().__init__(rate, weight_decay=weight_decay, global_clipnorm=1.0)
        self.scales = scales

    def build(self, variables: list[Tensor]) -> None:
        """Create the moments of ``variables``."""
        super().build(variables)
        self._scale_of = [self.scales[variable.path] for variable in variables]

    def update_step(self, gradient: Tensor, variable: Tensor, learning_rate: Tensor) -> None:
        """Update one variable at its own learning rate."""
        scale = self._scale_of[self._get_variable_index(variable)]
        super().update_step(gradient, variable, learning_rate * scale)


class WarmUp(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A learning rate schedule, multiplied by a linear rise from 0 over the first ``steps``."""

    def __init__(self, schedule: Tensor, steps: int) -> None:
        self._schedule = schedule
        self._steps = max(steps, 1)

    def __call__(self, step: Tensor) -> Tensor:
        """Return the learning rate of a step."""
        share = tf.minimum((tf.cast(step, tf.float32) + 1) / self._steps, 1)
        return self._schedule(step) * share


def make_fine_tuning_optimizer(
    settings: Train, steps_per_epoch: int, network: Network
) -> keras.Optimizer:
    """Return the optimizer of an encoder: warm-up, linear decay, and lower rates for lower layers.

    The top transformer layer has ``train.learning_rate``, each one below ``layer_decay`` times that
    of the one above (Howard and Ruder 2018), the layers after the encoder ``head_learning_rate``.
    """
    own, steps = settings.encoder, settings.epochs * steps_per_epoch
    rate = keras.optimizers.schedules.PolynomialDecay(
        settings.learning_rate, steps, settings.learning_rate * settings.final_learning_rate_ratio
    )
    layers = network.get_layer("encoder").backbone.num_layers
    scales = {}
    for variable in network.trainable_variables:
        below = layers - _layer_number(variable.path, layers)
        head = own.head_learning_rate / settings.learning_rate
        scales[variable.path] = own.layer_decay**below if below >= 0 else head
    optimizer = FineTuningAdam(
        WarmUp(rate, round(own.warmup * steps)), scales, settings.weight_decay
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def _layer_number(path: str, layers: int) -> int:
    """Return 0 for embeddings, 1 for the lowest transformer layer, ...; layers + 1 for the head."""
    if number := re.search(r"transformer_layer_(\d+)/", path):
        return int(number[1]) + 1
    return 0 if "embedding" in path else layers + 1
