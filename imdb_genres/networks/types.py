"""Type aliases; TensorFlow and Keras ship no types."""

from typing import Any, TypeAlias

import numpy as np
from scipy.sparse import csr_matrix

Tensor: TypeAlias = Any  # tf.Tensor, tf.SparseTensor or keras.KerasTensor
Network: TypeAlias = Any  # keras.Model, from a batch of inputs to logits (n, genres)

# the arguments of ``forward``: a batch as a csr_matrix (n, words), as ids (n, length), or both; and
# the weights of each layer by the layer's name
Inputs: TypeAlias = np.ndarray | csr_matrix | tuple[csr_matrix, np.ndarray]
Layers: TypeAlias = dict[str, list[np.ndarray]]
