"""TensorFlow is imported without what it does not need; settings and processor do not change results."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from imdb_genres.errors import UserError
from imdb_genres.networks import keras_backend
from imdb_genres.networks.keras_backend import (
    configure,
    gpu_errors,
    keras,
    set_environment,
    set_keras_defaults,
    tf,
)
from tests.support.params import params_with

CPU = params_with().train
GPU = params_with({"train.device": "gpu"}).train
FOREIGN = {
    "TF_XLA_FLAGS": "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit",
    "XLA_FLAGS": "--xla_cpu_enable_fast_math=true",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_SET_ONEDNN_FPMATH_MODE": "BF16",
    "TF_NUM_INTRAOP_THREADS": "3",
    "TF_DETERMINISTIC_OPS": "0",
    "ONEDNN_DEFAULT_FPMATH_MODE": "ANY",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "DNNL_MAX_CPU_ISA": "SSE41",
    "KERAS_BACKEND": "jax",
    "KERAS_HOME": "/somewhere",
}
PRODUCT = """
from imdb_genres.networks.keras_backend import enable_determinism, keras, tf
enable_determinism(7)
layer = keras.layers.Dense(64, "relu")
outputs = layer(tf.random.normal((64, 1500)))
outputs = keras.layers.LayerNormalization(epsilon=keras.config.epsilon())(outputs)
print(outputs.dtype, tf.io.serialize_tensor(outputs).numpy().hex())
"""


def test_variables_of_other_projects_are_removed_and_ours_are_set() -> None:
    environment = {**FOREIGN, "HOME": "/home/me", "TF_CPP_MIN_LOG_LEVEL": "0"}
    set_environment(environment)
    assert environment == {
        "HOME": "/home/me",
        "TF_CPP_MIN_LOG_LEVEL": "0",
        "KERAS_BACKEND": "tensorflow",
        "TF_ENABLE_ONEDNN_OPTS": "1",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
    }


def test_settings_of_keras_json_are_undone() -> None:
    keras.config.set_floatx("float64")
    keras.config.set_epsilon(1e-3)
    keras.config.set_image_data_format("channels_first")
    set_keras_defaults()
    assert keras.config.floatx() == keras.config.dtype_policy().name == "float32"
    assert keras.config.epsilon() == 1e-7
    assert keras.config.image_data_format() == "channels_last"


@pytest.mark.slow
def test_settings_of_other_projects_do_not_change_results(tmp_path: Path) -> None:
    (tmp_path / ".keras").mkdir()
    settings = {"floatx": "float64", "epsilon": 1e-3, "image_data_format": "channels_first"}
    (tmp_path / ".keras" / "keras.json").write_text(json.dumps(settings))
    foreign = {**FOREIGN, "HOME": str(tmp_path), "KERAS_HOME": str(tmp_path / ".keras")}
    plain, other = (
        subprocess.check_output([sys.executable, "-c", PRODUCT], env={**os.environ, **more})
        for more in ({}, foreign)
    )
    assert plain == other


@pytest.fixture
def visible(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Let TensorFlow find one GPU; return the lists of devices that are made visible."""
    calls: list[list[str]] = []
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind])
    monkeypatch.setattr(tf.config, "set_visible_devices", lambda some, kind: calls.append(some))
    for name in ("set_intra_op_parallelism_threads", "set_inter_op_parallelism_threads"):
        monkeypatch.setattr(tf.config.threading, name, lambda threads: None)
    return calls


def test_a_gpu_is_hidden_unless_it_is_asked_for(
    visible: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    configure(CPU)
    assert visible == [[]]
    assert capsys.readouterr().out == ""
    configure(GPU)
    assert visible == [[]]
    assert "depend on the card" in capsys.readouterr().out


def test_a_missing_gpu_is_a_user_error(
    visible: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras_backend.tf.config, "list_physical_devices", lambda kind: [])
    with pytest.raises(UserError, match=r"train\.device is gpu.*train\.device to cpu"):
        configure(GPU)


def test_an_operation_without_a_gpu_kernel_is_a_user_error() -> None:
    error = tf.errors.UnimplementedError(None, None, "No deterministic GPU form of X.\nat line 5")
    expected = pytest.raises(UserError, match=r"form of X\..*train\.deterministic")
    with expected as raised, gpu_errors(GPU):
        raise error
    assert "\n" not in str(raised.value)
    with pytest.raises(tf.errors.UnimplementedError), gpu_errors(CPU):
        raise error


@pytest.mark.slow
def test_importing_keras_imports_no_other_library_and_hides_none() -> None:
    code = """
import sys
import imdb_genres.networks.keras_backend
assert not {"matplotlib", "pandas", "sklearn"} & set(sys.modules)
import pandas
import sklearn
"""
    subprocess.run([sys.executable, "-c", code], check=True)
