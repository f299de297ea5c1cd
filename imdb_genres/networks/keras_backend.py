"""TensorFlow and Keras, imported in silence and set up to give the same bytes again."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Send file descriptor 2 to nowhere: TensorFlow's C++ writes there before any log level counts."""
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
def _hidden(*names: str) -> Iterator[None]:
    """Let imports of these modules fail, unless they are there already."""
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]  # None: "not to be found"
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
with _silent_stderr(), _hidden("matplotlib", "pandas", "sklearn"):
    import keras
    import tensorflow as tf

__all__ = ["enable_determinism", "keras", "set_num_threads", "tf"]


def enable_determinism(seed: int, deterministic: bool = True) -> None:
    """Seed Python, NumPy and TensorFlow; ``deterministic`` operations give the same bits each time."""
    # layers are numbered in their names, which are saved with weights; there is no memory to free
    keras.backend.clear_session(free_memory=False)
    keras.utils.set_random_seed(seed)
    if deterministic:
        tf.config.experimental.enable_op_determinism()


def set_num_threads(threads: int) -> None:
    """Let ``threads`` operations compute at once; call it before the first operation.

    Each keeps to one thread: parts of a convolution's gradient, shared among threads, add up to
    other last digits for another number of them, and with it on another machine.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
