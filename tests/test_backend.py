"""TensorFlow's numbers do not depend on what the shell exports or on how new the processor is."""

import os
import subprocess
import sys

import pytest

PRODUCT = """
from stages.learning.backend import make_repeatable, tf
make_repeatable(7)
left, right = tf.random.normal((64, 1500)), tf.random.normal((1500, 64))
print(tf.io.serialize_tensor(left @ right).numpy().hex())
"""


@pytest.mark.slow
def test_a_product_has_the_same_bits_on_older_processors() -> None:
    plain, other = (
        subprocess.check_output([sys.executable, "-c", PRODUCT], env={**os.environ, **more})
        for more in ({}, {"ONEDNN_MAX_CPU_ISA": "SSE41"})
    )
    assert plain == other
