"""Baselines and evaluation give the same bytes whichever instructions a processor has."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.support.model_folders import SPEAKS_FOR, make_model

ROOT = Path(__file__).parents[2]
CODE = "from tests.stages.test_processors import print_hashes; print_hashes()"
# OpenBLAS takes the kernels of the named processor, NumPy leaves out its faster loops
PROCESSORS: dict[str, dict[str, str]] = {
    "AVX2": {"OPENBLAS_CORETYPE": "Haswell", "OMP_NUM_THREADS": "1"},
    "AVX": {"OPENBLAS_CORETYPE": "Sandybridge", "OMP_NUM_THREADS": "2"},
    "SSE3": {"OPENBLAS_CORETYPE": "Prescott", "NPY_DISABLE_CPU_FEATURES": "dispatched"},
}


def write_inputs() -> None:
    """Write films whose words tell their genre half of the time, and a model."""
    random = np.random.default_rng(3)
    genres = list(SPEAKS_FOR)
    others = [f"word{number}" for number in range(400)]
    label = random.integers(len(genres), size=500)
    films = pd.DataFrame(
        {
            "film": [f"film {row}" for row in range(len(label))],
            "title": "A title",
            "year": 1990,
            "text": [
                " ".join([*random.choice(SPEAKS_FOR[genres[index]], 2), *random.choice(others, 20)])
                for index in np.where(random.random(len(label)) < 0.5, label, 0)
            ],
            "label": np.array(genres)[label],
            "labels": [[genres[index]] for index in label],
            "fold": random.choice(["train", "validation", "test"], size=len(label)),
        }
    )
    Path("data").mkdir()
    films.to_parquet("data/split.parquet", index=False)
    films[films["fold"] != "test"].to_parquet("data/balanced.parquet", index=False)
    make_model(Path("model"), weight=1 / 3)
    Path("metrics").mkdir()
    columns = "epoch,loss/train,loss/validation,accuracy/train,accuracy/validation"
    Path("metrics/history.csv").write_text(f"{columns}\n1,2,2,0.1,0.1\n2,1,1.5,0.4,0.3\n")


def print_hashes() -> None:
    """Run both stages in the working folder and print the hash of every file they write."""
    from stages import baselines, evaluate
    from tests.support.params import params_with

    params = params_with({"evaluate.bootstrap_resamples": 200})
    baselines.main(params)
    evaluate.main(params)
    for folder in ("data/baselines", "data/evaluation", "metrics"):
        for path in sorted(Path(folder).iterdir()):
            print("md5", path, hashlib.md5(path.read_bytes()).hexdigest())


@pytest.mark.slow
def test_every_processor_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_inputs()
    dispatched = " ".join(np.show_config(mode="dicts")["SIMD Extensions"]["found"])
    outputs = {}
    for name, settings in PROCESSORS.items():
        settings = {key: value.replace("dispatched", dispatched) for key, value in settings.items()}
        environment = os.environ | settings | {"PYTHONPATH": str(ROOT), "TRACKING": "off"}
        command = [sys.executable, "-c", CODE]
        printed = subprocess.check_output(command, env=environment, text=True)
        outputs[name] = {line for line in printed.splitlines() if line.startswith("md5")}
    reference, *others = outputs.values()
    assert len(reference) == 11
    for other in others:
        assert other == reference
