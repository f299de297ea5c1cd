"""Dense layers over sparse rows: they compute what Keras's Dense does, from non-zero entries only."""

from collections.abc import Callable
from typing import Any

from imdb_genres.networks.keras_backend import keras, tf
from imdb_genres.networks.types import Tensor

SPARSE_MATMUL_MAX_UNITS = 32  # with as many outputs TensorFlow's own product takes a slow path


class SparseDense(keras.layers.Dense):  # type: ignore[misc]
    """``keras.layers.Dense`` for a ``tf.SparseTensor`` of rows.

    With a hundred words per row it takes a third of the time of a dense product. Dense itself would
    use ``tf.sparse.sparse_dense_matmul``, which is twice as fast for narrow layers, as here, and
    eight times as slow for wide ones.
    """

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Return activation(inputs @ kernel + bias), float32 (rows, units)."""
        if self.units < SPARSE_MATMUL_MAX_UNITS:
            outputs = tf.sparse.sparse_dense_matmul(inputs, self.kernel.value)
        else:
            outputs = _product(inputs.indices, inputs.values, inputs.dense_shape, self.kernel.value)
        if self.bias is not None:
            outputs = tf.nn.bias_add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)


class WordVectors(SparseDense):
    """Vectors of ``units`` numbers for each word, weighted by the entries of sparse rows and summed."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(units, use_bias=False, kernel_initializer="uniform", **options)


class FirstColumns(keras.layers.Layer):  # type: ignore[misc]
    """The first ``columns`` columns of sparse rows."""

    def __init__(self, columns: int, **options: Any) -> None:
        super().__init__(**options)
        self.columns = columns

    def call(self, inputs: Tensor) -> Tensor:
        """Return a SparseTensor (rows, columns)."""
        rows = tf.sparse.slice(inputs, [0, 0], tf.stack([inputs.dense_shape[0], self.columns]))
        rows.set_shape([None, self.columns])
        return rows

    def compute_output_spec(self, inputs: Tensor) -> Tensor:
        """Return sparse rows of ``columns`` columns."""
        return keras.KerasTensor((inputs.shape[0], self.columns), inputs.dtype, sparse=True)


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _product(
    indices: Tensor, values: Tensor, shape: Tensor, kernel: Tensor
) -> tuple[Tensor, Callable[..., Any]]:
    """Multiply sparse rows by ``kernel``; one thread computes a row, so threads do not change results."""
    rows = tf.raw_ops.SparseTensorToCSRSparseMatrix(
        indices=indices, values=values, dense_shape=shape
    )

    def gradients(outputs: Tensor) -> tuple[None, None, None, Tensor]:
        columns = tf.raw_ops.SparseMatrixTranspose(input=rows, type=tf.float32)
        return None, None, None, tf.raw_ops.SparseMatrixMatMul(a=columns, b=outputs)

    return tf.raw_ops.SparseMatrixMatMul(a=rows, b=kernel), gradients
