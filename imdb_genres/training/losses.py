"""Loss functions, one value per example."""

from collections.abc import Callable

from imdb_genres.networks.keras_backend import tf
from imdb_genres.networks.types import Tensor
from imdb_genres.params.training import Train

# (targets, logits, training): float32 (rows, genres) twice, and whether to smooth -> float32 (rows,)
Loss = Callable[[Tensor, Tensor, bool], Tensor]


def make_loss(settings: Train, num_genres: int) -> Loss:
    """Return the loss function of ``train.loss``, with ``train.label_smoothing`` while training."""
    multi_label = settings.targets == "multi-label"
    if settings.loss == "squared-hinge":
        function = squared_hinge
    else:
        function = sigmoid_cross_entropy if multi_label else softmax_cross_entropy
    uniform_target = 1 / 2 if multi_label else 1 / num_genres
    smoothing = settings.label_smoothing

    def loss(targets: Tensor, logits: Tensor, training: bool) -> Tensor:
        share = smoothing if training else 0
        return function(targets * (1 - share) + uniform_target * share, logits)

    return loss


def softmax_cross_entropy(targets: Tensor, logits: Tensor) -> Tensor:
    """Return the cross-entropy between ``targets``, whose rows sum to 1, and a softmax."""
    return tf.nn.softmax_cross_entropy_with_logits(targets, logits)


def sigmoid_cross_entropy(targets: Tensor, logits: Tensor) -> Tensor:
    """Return the binary cross-entropy, averaged over genres."""
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(targets, logits), axis=1)


def squared_hinge(targets: Tensor, logits: Tensor) -> Tensor:
    """Return a linear SVM's loss, averaged over genres; a target is the positive class's share."""
    below, above = tf.nn.relu(1 - logits), tf.nn.relu(1 + logits)
    loss = targets * tf.square(below) + (1 - targets) * tf.square(above)
    return tf.reduce_mean(loss, axis=1)
