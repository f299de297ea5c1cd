"""Stages are read from dvc.yaml."""

from pathlib import Path

import pytest

from imdb_genres.dvc_repo.fingerprint import fingerprint


def test_a_stage_without_deps_and_params_has_a_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text("seed: 1\n")
    Path("dvc.yaml").write_text("stages: {train: {cmd: python train.py, outs: [model]}}\n")
    assert fingerprint("train") == fingerprint("train")
