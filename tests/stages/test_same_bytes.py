"""The stages write the same bytes on every processor and with other projects' settings."""

import csv
import random
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest
import yaml

from imdb_genres.cli.environments import list_environments
from imdb_genres.dvc_repo.pipeline import outputs_of
from imdb_genres.hashing import dvc_md5
from tests.support.encoders import NAME, write_encoder, write_sources
from tests.support.params import PARAMS, values_with

ROOT = PARAMS.parent
GENRES = ("Drama", "Horror", "Komödie", "Western")
# all stages in one process: TensorFlow and scikit-learn are imported once
PIPELINE = """
import importlib, sys, stages
from imdb_genres.params.schema import read_params
for name in sys.argv[1:]:
    importlib.import_module(f"stages.{name}").main(read_params())
"""
CHANGES = {
    "download.source": "table",
    "download.table.path": "films.csv",
    "label.min_films": 5,
    "tokenize.max_words": 600,
    "train.units": [64, 32],
    "train.dropout": 0.2,
    "train.l1": 0.0001,
    "train.epochs": 3,
    "evaluate.bootstrap_resamples": 50,
}
ENCODER = {
    "label.strategy": "all",
    "balance.strategy": "none",
    "train.architecture": "encoder-wide",
    "train.targets": "soft",
    "train.mode": "tfidf",
    "train.units": [],
    "train.dropout": 0,
    "train.l1": 0,
    "train.epochs": 1,
    "train.encoder.weights": NAME,
    "train.encoder.chunks": 1,
    "train.encoder.chunk_length": 32,
    "train.encoder.frozen_layers": 1,
    "train.encoder_wide.epochs": 1,
}


def write_inputs(folder: Path, films: int = 400) -> None:
    """Write invented films, words of two genres each and words of none, and an encoder of these."""
    rng = random.Random(3)
    words = {genre: [f"{genre.lower()}é{n}" for n in range(60)] for genre in GENRES}
    common = [f"word{n}" for n in range(400)]
    write_encoder(folder / "weights", [*common, *chain(*words.values())], hidden=128)
    write_sources(folder, folder / "weights")
    with (folder / "films.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["title", "text", "genres"])
        for number in range(films):
            genres = rng.sample(GENRES, rng.choice([1, 2]))
            text = [
                *rng.choices(common, k=40),
                *(w for g in genres for w in rng.choices(words[g], k=4)),
            ]
            rows.writerow([f"Film {number}", " ".join(text), ",".join(genres)])


def make_workspace(folder: Path, inputs: Path, changes: dict[str, object]) -> dict[str, list[str]]:
    """Link the code and the inputs into ``folder``; return the stages' outputs, in running order."""
    (folder / ".dvc").mkdir(parents=True)
    for path in (ROOT / "stages", ROOT / "imdb_genres", ROOT / "dvc.yaml"):
        (folder / path.name).symlink_to(path)
    for name in ("films.csv", "sources.yaml"):
        (folder / name).symlink_to(inputs / name)
    values = values_with(CHANGES | changes)
    (folder / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    return {name: outputs_of(content) for name, content in stages.items()}


def hashes_in(environment: str, inputs: Path, changes: dict[str, object]) -> dict[str, str]:
    """Run all stages in the environment; return the md5 of each output."""
    world = list_environments()[environment]
    folder = inputs / environment
    stages = make_workspace(folder, inputs, changes)
    result = subprocess.run(
        [sys.executable, "-c", PIPELINE, *stages],
        cwd=folder,
        env=world.prepare(folder / "home") | {"DVC_ROOT": str(folder)},
        umask=world.umask,
        capture_output=True,
        text=True,
        errors="replace",
    )
    assert result.returncode == 0, f"{environment}: {result.stderr[-2000:]}"
    paths = [path for outputs in stages.values() for path in outputs]
    return {path: dvc_md5(folder / path) for path in paths if "$" not in path}


def different_in(environments: list[str], inputs: Path, changes: dict[str, object]) -> list[str]:
    """Return the outputs, each after its environment, that are not as in the first environment."""
    hashes = {name: hashes_in(name, inputs, changes) for name in environments}
    first = hashes[environments[0]]
    assert len(hashes) == len(environments) > 1 and len(first) >= 12
    return [
        f"{name}: {path}"
        for name, made in hashes.items()
        for path, md5 in made.items()
        if md5 != first[path]
    ]


@pytest.mark.slow
def test_the_bytes_depend_on_no_processor_and_no_setting(tmp_path: Path) -> None:
    write_inputs(tmp_path)
    environments = [name for name in list_environments() if name != "contrary"]
    assert different_in(environments, tmp_path, {}) == []


@pytest.mark.slow
def test_those_of_an_encoder_depend_on_no_processor(tmp_path: Path) -> None:
    pytest.importorskip("keras_hub", reason="the extra `encoder` is not installed")
    write_inputs(tmp_path)
    assert different_in(["plain", "sandybridge"], tmp_path, ENCODER) == []
