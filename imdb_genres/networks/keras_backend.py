"""TensorFlow and Keras, imported without log messages and set up for reproducible results."""

import os
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager

from imdb_genres.errors import UserError
from imdb_genres.params.training import Train

# environment variables that may change results, set for other projects; see docs/reproducibility.md
REMOVED = ("DNNL_", "KERAS_", "ONEDNN_", "TF_", "XLA_")
KEPT = ("TF_CPP_", "TF_GPU_", "TF_FORCE_GPU_ALLOW_GROWTH")  # logs, and memory of a GPU
ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "TF_ENABLE_ONEDNN_OPTS": "1",
    # oneDNN rounds differently with AVX-512: processors with and without it give the same bytes if it
    # is limited to AVX2
    "ONEDNN_MAX_CPU_ISA": "AVX2",
}


def set_environment(environment: MutableMapping[str, str]) -> None:
    """Remove other projects' settings of TensorFlow, oneDNN and Keras, and set this project's."""
    for name in list(environment):
        if name.startswith(REMOVED) and not name.startswith(KEPT):
            del environment[name]
    environment.update(ENVIRONMENT)
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Redirect file descriptor 2 to /dev/null: TensorFlow's C++ logs before it reads the log level."""
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "w") as devnull:  # noqa: PTH123
        os.dup2(devnull.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def _block_imports(*names: str) -> Iterator[None]:
    """Make imports of these modules fail, unless they are imported already."""
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]  # None: "no such module"
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]


set_environment(os.environ)
# Keras would import these for wrappers and plots that are not used here: 1.5 of its 4 seconds
with _silent_stderr(), _block_imports("matplotlib", "pandas", "sklearn"):
    import keras
    import tensorflow as tf

__all__ = ["configure", "enable_determinism", "keras", "tf"]


def set_keras_defaults() -> None:
    """Override what Keras read from ~/.keras/keras.json."""
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")


set_keras_defaults()


def configure(settings: Train) -> None:
    """Set this process up for training; call it before TensorFlow's first operation.

    ``threads`` operations run at once, each on one thread: a convolution's gradient that is split
    among threads would differ in its last digits with their number. A GPU is used only for
    ``device: gpu``; raises UserError if there is none.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(settings.threads)
    if settings.device == "cpu":
        tf.config.set_visible_devices([], "GPU")
        return
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        raise UserError(
            "train.device is gpu, but TensorFlow finds no GPU: install its CUDA libraries "
            "(`pip install 'tensorflow[and-cuda]'`) and a driver, or set train.device to cpu"
        )
    print("train: on a GPU; the bytes of model/ depend on the card and its driver")


@contextmanager
def gpu_errors(settings: Train) -> Iterator[None]:
    """Raise UserError if an operation has no GPU kernel, or no deterministic one."""
    try:
        yield
    except (
        tf.errors.InvalidArgumentError,
        tf.errors.NotFoundError,
        tf.errors.UnimplementedError,
    ) as error:
        if settings.device == "cpu":
            raise
        reason = (error.message or str(error)).partition("\n")[0]
        remedy = ", or train.deterministic to false" if settings.deterministic else ""
        raise UserError(
            f"{settings.architecture} cannot be trained on this GPU ({reason}): "
            f"set train.device to cpu{remedy}"
        ) from error


def enable_determinism(seed: int, deterministic: bool = True) -> None:
    """Seed Python, NumPy and TensorFlow; ``deterministic`` operations give the same bits each time."""
    # Keras numbers layers without a name per process, and saves the names with the weights
    keras.backend.clear_session(free_memory=False)
    keras.utils.set_random_seed(seed)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
