"""The stages write the same bytes on every processor and with other projects' settings."""

import csv
import random
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from imdb_genres.cli.environments import list_environments
from imdb_genres.dvc_repo.pipeline import outputs_of
from imdb_genres.hashing import dvc_md5
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


def write_films(path: Path, films: int = 400) -> None:
    """Write invented films: words of two genres each, and words of none."""
    rng = random.Random(3)
    words = {genre: [f"{genre.lower()}é{n}" for n in range(60)] for genre in GENRES}
    common = [f"word{n}" for n in range(400)]
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["title", "text", "genres"])
        for number in range(films):
            genres = rng.sample(GENRES, rng.choice([1, 2]))
            text = [
                *rng.choices(common, k=40),
                *(w for g in genres for w in rng.choices(words[g], k=4)),
            ]
            rows.writerow([f"Film {number}", " ".join(text), ",".join(genres)])


def make_workspace(folder: Path, films: Path) -> dict[str, list[str]]:
    """Link the code and the films into ``folder``; return the stages' outputs, in running order."""
    (folder / ".dvc").mkdir(parents=True)
    for name in ("stages", "imdb_genres", "dvc.yaml", "sources.yaml"):
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)
    (folder / "films.csv").symlink_to(films)
    (folder / "params.yaml").write_text(yaml.safe_dump(values_with(CHANGES)), encoding="utf-8")
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    return {name: outputs_of(content) for name, content in stages.items()}


def hashes_in(folder: Path, films: Path, environment: str) -> dict[str, str]:
    """Run all stages in the environment; return the md5 of each output."""
    world = list_environments()[environment]
    stages = make_workspace(folder, films)
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


@pytest.mark.slow
def test_the_bytes_depend_on_no_processor_and_no_setting(tmp_path: Path) -> None:
    write_films(tmp_path / "films.csv")
    names = [name for name in list_environments() if name != "contrary"]
    hashes = {name: hashes_in(tmp_path / name, tmp_path / "films.csv", name) for name in names}
    different = {
        name: [path for path, md5 in made.items() if md5 != hashes["plain"][path]]
        for name, made in hashes.items()
    }
    assert len(names) >= 3 and len(hashes["plain"]) >= 12
    assert different == {name: [] for name in names}
