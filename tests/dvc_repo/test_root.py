"""The repository is found from any folder in it, and from DVC's temporary workspaces."""

from pathlib import Path

import pytest

from imdb_genres.dvc_repo.root import repository_root


def test_dvc_names_the_main_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = tmp_path / ".dvc" / "tmp" / "exps" / "tmp1"
    (workspace / ".dvc").mkdir(parents=True)
    monkeypatch.chdir(workspace)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    assert repository_root() == tmp_path


def test_outside_dvc_it_is_the_nearest_folder_with_a_dvc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DVC_ROOT", raising=False)
    (tmp_path / ".dvc").mkdir()
    (tmp_path / "stages" / "corpora").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "stages" / "corpora")
    assert repository_root() == tmp_path


def test_without_a_repository_it_is_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DVC_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert repository_root() == tmp_path
