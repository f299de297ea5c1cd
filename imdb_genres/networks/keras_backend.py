"""TensorFlow and Keras, imported quietly and set up for reproducible bytes."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Redirect file descriptor 2 to /dev/null: TensorFlow's C++ logs before it reads the log level."""
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def _block_imports(*names: str) -> Iterator[None]:
    """Let imports of these modules fail, unless they are imported already."""
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]  # None: "no such module"
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]


os.environ["KERAS_BACKEND"] = "tensorflow"
# other settings, exported somewhere, give other numbers; and so would each processor's own widest
# instructions: held to AVX2, processors with and without AVX-512 were seen to give the same bytes
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
os.environ["ONEDNN_MAX_CPU_ISA"] = "AVX2"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Keras tries these for wrappers and pictures that nobody asks for here: 1.5 of its 4 seconds
with _silent_stderr(), _block_imports("matplotlib", "pandas", "sklearn"):
    import keras
    import tensorflow as tf

__all__ = ["configure", "enable_determinism", "keras", "tf"]


def configure(threads: int) -> None:
    """Set up this process for trainings; call it before the first operation.

    ``threads`` operations run at once, each on one thread: parts of a convolution's gradient that
    are shared among threads add up to other last digits for another number of threads.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def enable_determinism(seed: int, deterministic: bool = True) -> None:
    """Seed Python, NumPy and TensorFlow; ``deterministic`` operations give the same bits each time."""
    # Keras numbers names within a process, and names are saved with weights
    keras.backend.clear_session(free_memory=False)
    keras.utils.set_random_seed(seed)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
