"""TensorFlow starts without what it does not need, and its numbers depend on no shell and no processor."""

import os
import subprocess
import sys

import pytest

PRODUCT = """
from imdb_genres.networks.keras_backend import enable_determinism, tf
enable_determinism(7)
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


@pytest.mark.slow
def test_keras_brings_no_other_library_and_hides_none() -> None:
    code = """
import sys
import imdb_genres.networks.keras_backend
assert not {"matplotlib", "pandas", "sklearn"} & set(sys.modules)
import pandas
import sklearn
"""
    subprocess.run([sys.executable, "-c", code], check=True)
