"""Stages are read from dvc.yaml and dvc.lock."""

from contextlib import suppress
from pathlib import Path

import pytest

from imdb_genres.dvc_repo.fingerprint import fingerprint
from imdb_genres.dvc_repo.lockfile import output_hashes, parse_lock
from imdb_genres.dvc_repo.pipeline import check_readable
from imdb_genres.errors import UserError


def test_a_stage_without_deps_and_params_has_a_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text("seed: 1\n")
    Path("dvc.yaml").write_text("stages: {train: {cmd: python train.py, outs: [model]}}\n")
    assert fingerprint("train") == fingerprint("train")


@pytest.mark.parametrize("text", ["stages:\n<<<<<<< HEAD\n  train:\n=======\n", "- a list\n"])
def test_a_lock_file_with_a_merge_conflict_is_a_user_error(text: str) -> None:
    with pytest.raises(UserError, match=r"dvc\.lock is not complete YAML"):
        parse_lock(text)


LOCK = """\
schema: '2.0'
stages:
  train:
    params: {params.yaml: {seed: 7}}
    outs:
    - path: model
      md5: a2
"""


def test_a_lock_file_that_is_being_written_has_a_whole_entry_or_none() -> None:
    assert output_hashes(parse_lock(LOCK), "train") == {"model": "a2"}
    for length in range(len(LOCK)):
        with suppress(UserError):
            assert output_hashes(parse_lock(LOCK[:length]), "train") == {}


def test_a_corrupt_file_in_an_input_folder_is_a_user_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dvc.yaml").write_text(
        "stages: {fit: {cmd: x, outs: [fitted]}, score: {cmd: x, deps: [fitted]}}\n"
    )
    Path("fitted").mkdir()
    Path("fitted/model.npz").write_bytes(b"PK")
    with pytest.raises(UserError, match=r"fitted/model\.npz is corrupt.*dvc repro fit"):
        check_readable("score")
