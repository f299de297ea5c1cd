"""The data stages together, on the table of invented films."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.support.params import PARAMS, values_with

ROOT = PARAMS.parent
RUN = """
from stages import balance, download, label, parse, split
from imdb_genres.params.schema import read_params
for stage in (download, parse, label, split, balance):
    stage.main(read_params())
"""
FILES = ["films.parquet", "parse.json", "labelled.parquet", "split.parquet", "balanced.parquet"]


def run_stages(folder: Path, hash_seed: int) -> dict[str, str]:
    """Run the stages in ``folder`` in a process of their own; return the hash of each output."""
    folder.mkdir()
    table = str(ROOT / "examples" / "films.csv")
    changes = {"download.source": "table", "download.table.path": table, "label.min_films": 20}
    (folder / "params.yaml").write_text(yaml.safe_dump(values_with(changes)))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(hash_seed)}
    subprocess.run([sys.executable, "-c", RUN], cwd=folder, env=environment, check=True)
    return {name: sha256((folder / "data" / name).read_bytes()).hexdigest() for name in FILES}


@pytest.mark.slow
def test_outputs_repeat_to_the_byte_and_test_films_stay_behind(tmp_path: Path) -> None:
    first = run_stages(tmp_path / "first", hash_seed=1)
    assert run_stages(tmp_path / "second", hash_seed=2) == first
    films = pd.read_parquet(tmp_path / "first" / "data" / "split.parquet")
    balanced = pd.read_parquet(tmp_path / "first" / "data" / "balanced.parquet")
    assert len(films) == 160
    assert set(balanced["film"]).isdisjoint(films["film"][films["fold"] == "test"])
    counts = balanced["label"][balanced["fold"] == "train"].value_counts()
    assert set(counts.index) == {"Comedy", "Horror", "Romance", "Western"}
    assert counts.nunique() == 1
