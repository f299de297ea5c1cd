"""Environments in which the pipeline must write the same bytes: processors, settings, users."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from imdb_genres.dvc_repo.git import clean_environment

ANN = {"USER": "ann", "LOGNAME": "ann", "TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"}
BJORN = {
    "USER": "björn",
    "LOGNAME": "björn",
    "TZ": "Asia/Kathmandu",
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "2",
}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
THREE_THREADS = {"OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "3", "TF_NUM_INTRAOP_THREADS": "3"}
# what a user may have set for other projects; `prepare` adds KERAS_HOME
SETTINGS = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "HDF5_USE_FILE_LOCKING": "FALSE",
    "KERAS_BACKEND": "jax",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONOPTIMIZE": "1",
    "PYTHONUTF8": "0",
    "TF_DETERMINISTIC_OPS": "0",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_USE_LEGACY_KERAS": "1",
    "TF_XLA_FLAGS": "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit",
}
KERAS_JSON = {
    "backend": "jax",
    "epsilon": 1e-3,
    "floatx": "float64",
    "image_data_format": "channels_first",
}
PROCESSOR_VARIABLES = ("ARROW_USER_SIMD_LEVEL", "NPY_DISABLE_CPU_FEATURES", "OPENBLAS_CORETYPE")


class Environment(NamedTuple):
    """The differences between runs of the pipeline; ``folder`` is relative."""

    name: str
    folder: str
    variables: dict[str, str]
    umask: int = 0o022
    git_config: Mapping[str, str] = MappingProxyType({})
    keras_json: Mapping[str, object] = MappingProxyType({})

    def prepare(self, home: Path) -> dict[str, str]:
        """Return the variables of a process in this environment; write its files to ``home``."""
        replaced = {*SETTINGS, *PROCESSOR_VARIABLES, *THREE_THREADS, "KERAS_HOME"}
        kept = {
            name: value
            for name, value in clean_environment().items()
            if name not in replaced and not name.startswith("DVC_")
        }
        if self.keras_json:
            home.mkdir(parents=True, exist_ok=True)
            (home / "keras.json").write_text(json.dumps(dict(self.keras_json)), encoding="utf-8")
            kept["KERAS_HOME"] = str(home)
        tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return kept | self.variables | {"PATH": tools, "TRACKING": "off"}


def list_environments() -> dict[str, Environment]:
    """Return the environments by name: "plain", one for each difference, and "contrary" with all."""
    sandybridge = _processor("Sandybridge", numpy_features())
    environments = [
        Environment("plain", "first", ANN | ONE_THREAD),
        Environment("sandybridge", "older", ANN | THREE_THREADS | sandybridge),
        Environment("settings", "settings", ANN | ONE_THREAD | SETTINGS, keras_json=KERAS_JSON),
        Environment(
            "contrary",
            "another folder/second",
            BJORN | THREE_THREADS | sandybridge | SETTINGS,
            umask=0o077,
            git_config={"core.autocrlf": "true"},
            keras_json=KERAS_JSON,
        ),
    ]
    avx512 = [name for name in numpy_features() if "512" in name or name == "X86_V4"]
    if avx512:  # without it, plain is Haswell already
        haswell = _processor("Haswell", avx512)
        environments += [
            Environment("haswell", "haswell", ANN | ONE_THREAD | haswell),
            Environment("skylakex", "skylakex", ANN | ONE_THREAD | _processor("SkylakeX", [])),
        ]
    return {environment.name: environment for environment in environments}


def numpy_features() -> list[str]:
    """Return the instruction sets beyond its baseline that NumPy uses on this processor."""
    import numpy as np

    config: Any = np.show_config(mode="dicts")
    return list(config["SIMD Extensions"].get("found", []))


def _processor(openblas: str, disabled: list[str]) -> dict[str, str]:
    """Return the variables that restrict libraries to older instruction sets."""
    return {
        "OPENBLAS_CORETYPE": openblas,
        "NPY_DISABLE_CPU_FEATURES": " ".join(disabled),
        "ARROW_USER_SIMD_LEVEL": "NONE" if disabled else "AVX512",
    }
