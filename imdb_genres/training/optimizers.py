"""Keras's optimizers, with the updates of Adam and of SGD in one pass over the weights."""

import re
from collections.abc import Mapping

from imdb_genres.networks.keras_backend import keras, tf
from imdb_genres.networks.types import Network, Tensor
from imdb_genres.params.training import Train


class FusedAdam(keras.optimizers.Adam):  # type: ignore[misc]
    """``keras.optimizers.Adam``: the same numbers up to rounding, in a third of the time."""

    def update_step(self, gradient: Tensor, variable: Tensor, learning_rate: Tensor) -> None:
        """Update one variable and its two moments."""
        index = self._get_variable_index(variable)
        step = tf.cast(self.iterations.value + 1, tf.float32)
        decayed = tf.pow(self.beta_2, step)
        # TensorFlow's kernel rounds 1 - beta_2 to float32, a relative error of 1e-5; Keras does not
        exact = 1 - tf.pow(tf.constant(self.beta_2, tf.float64), tf.cast(step, tf.float64))
        correction = tf.sqrt((1 - decayed) / tf.cast(exact, tf.float32))
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=tf.pow(self.beta_1, step),
            beta2_power=decayed,
            lr=learning_rate * correction,
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=tf.convert_to_tensor(gradient),  # word vectors have IndexedSlices
        )


class FusedSGD(keras.optimizers.SGD):  # type: ignore[misc]
    """``keras.optimizers.SGD`` with Nesterov's momentum: the same numbers in one pass."""

    def update_step(self, gradient: Tensor, variable: Tensor, learning_rate: Tensor) -> None:
        """Update one variable and, with momentum, its velocity."""
        gradient = tf.convert_to_tensor(gradient)
        if not self.momentum:
            tf.raw_ops.ResourceApplyGradientDescent(
                var=variable.handle, alpha=learning_rate, delta=gradient
            )
            return
        tf.raw_ops.ResourceApplyKerasMomentum(
            var=variable.handle,
            accum=self.momentums[self._get_variable_index(variable)].value.handle,
            lr=learning_rate,
            grad=gradient,
            momentum=self.momentum,
            use_nesterov=True,
        )


class FineTuningAdam(keras.optimizers.AdamW):  # type: ignore[misc]
    """AdamW with a learning rate for each variable: ``scales``, by path, times the schedule's."""

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
    """Return 0 for embeddings, 1 for the lowest transformer layer, ...; above all for the head."""
    if number := re.search(r"transformer_layer_(\d+)/", path):
        return int(number[1]) + 1
    return 0 if "embedding" in path else layers + 1


KINDS = {
    "adam": FusedAdam,
    "nadam": keras.optimizers.Nadam,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": FusedSGD,
}


def make_optimizer(settings: Train, steps_per_epoch: int) -> keras.Optimizer:
    """Return the optimizer of ``settings``, with linear decay; weight decay spares biases."""
    rate = keras.optimizers.schedules.PolynomialDecay(
        settings.learning_rate,
        settings.epochs * steps_per_epoch,
        settings.learning_rate * settings.final_learning_rate_ratio,
    )
    options = {"momentum": settings.momentum} if settings.optimizer == "sgd" else {}
    decay = settings.weight_decay or None
    optimizer = KINDS[settings.optimizer](rate, weight_decay=decay, **options)
    if settings.weight_decay:
        optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer
