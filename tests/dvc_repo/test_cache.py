"""Models are copied from DVC's cache, complete or not at all."""

import json
import shutil
from pathlib import Path

import pytest

from imdb_genres.dvc_repo.cache import copy_cached
from imdb_genres.hashing import dvc_md5


def cached(md5: str) -> Path:
    return Path(".dvc/cache/files/md5") / md5[:2] / md5[2:]


def test_a_model_comes_back_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".dvc").mkdir()
    Path("model").mkdir()
    Path("model/weights").write_text("w")
    md5, weights = dvc_md5(Path("model")), dvc_md5(Path("model/weights"))
    assert not copy_cached(md5, Path("back"))
    listing = json.dumps([{"md5": weights, "relpath": "weights"}])
    for name, content in {md5: listing, weights: "w"}.items():
        cached(name).parent.mkdir(parents=True)
        cached(name).write_text(content)
    assert copy_cached(md5, Path("back"))
    assert dvc_md5(Path("back")) == md5
    assert copy_cached(weights, Path("files/weights"))
    assert Path("files/weights").read_text() == "w"
    cached(weights).unlink()
    shutil.rmtree("back")
    assert not copy_cached(md5, Path("back"))
    assert not Path("back").exists()
    assert not copy_cached(weights, Path("files/weights"))
