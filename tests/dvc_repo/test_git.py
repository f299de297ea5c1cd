"""git works on the folder that it is called for, and its errors say what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from imdb_genres.dvc_repo.git import (
    GitError,
    NotARepositoryError,
    git,
    git_prefix,
    git_show,
    is_shallow,
    ref_exists,
)
from tests.support.params import PARAMS

ROOT = PARAMS.parent


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of one commit with a file in a sub-folder."""
    root = tmp_path / "repository"
    (root / "project").mkdir(parents=True)
    (root / "project" / "params.yaml").write_text("seed: 7")
    git("init", "--quiet", "--initial-branch=work", folder=root)
    git("config", "user.name", "a", folder=root)
    git("config", "user.email", "a@example.org", folder=root)
    git("add", ".", folder=root)
    git("commit", "--quiet", "--message=a", folder=root)
    return root


def test_a_hooks_variables_do_not_lead_git_to_another_repository(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("init", "--quiet", "other", folder=tmp_path)
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(repository / ".git" / "index"))
    found = git("rev-parse", "--absolute-git-dir", folder=tmp_path / "other")
    assert Path(found).resolve() == (tmp_path / "other" / ".git").resolve()


def test_the_identity_that_the_environment_sets_is_kept(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ann")
    git("commit", "--quiet", "--allow-empty", "--message=b", folder=repository)
    assert git("log", "-1", "--format=%an", folder=repository) == "Ann"


def test_a_file_is_found_from_a_folder_of_a_bigger_repository(repository: Path) -> None:
    project = repository / "project"
    assert git_show("HEAD", "params.yaml", folder=project) == b"seed: 7"
    assert git_prefix(project) == "project/"
    assert git_prefix(repository) == ""


def test_refs_and_shallow_clones_are_recognised(repository: Path, tmp_path: Path) -> None:
    assert ref_exists("refs/heads/work", folder=repository)
    assert not ref_exists("refs/heads/other", folder=repository)
    git("commit", "--quiet", "--allow-empty", "--message=b", folder=repository)
    git("clone", "--quiet", "--depth=1", repository.as_uri(), "shallow", folder=tmp_path)
    assert is_shallow(tmp_path / "shallow") and not is_shallow(repository)


def test_no_repository_and_another_users_repository_are_different_errors(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotARepositoryError):
        git("status", folder=tmp_path)
    if os.geteuid() != 0:
        pytest.skip("only root can give a repository to another user")
    os.chown(repository, 12345, 12345)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    with pytest.raises(GitError, match=r"safe\.directory") as error:
        git("status", folder=repository)
    assert not isinstance(error.value, NotARepositoryError)
    assert str(repository) in str(error.value) and "\n" not in str(error.value)


def test_a_suite_started_by_a_git_hook_inherits_no_repository(
    repository: Path,
) -> None:
    hook = {
        "GIT_DIR": str(repository / ".git"),
        "GIT_INDEX_FILE": str(repository / ".git" / "index"),
        "GIT_WORK_TREE": str(repository),
    }
    code = "import os, tests.conftest; print(*(name for name in os.environ if name.startswith('GIT_')))"
    command = [sys.executable, "-c", code]
    result = subprocess.run(
        command, cwd=ROOT, env=os.environ | hook, capture_output=True, text=True, check=True
    )
    assert not set(hook) & set(result.stdout.split())


def test_a_clone_with_autocrlf_has_the_committed_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"unix\n")
    (tmp_path / "b.txt").write_bytes(b"dos\r\n")
    (tmp_path / ".gitattributes").write_bytes((ROOT / ".gitattributes").read_bytes())
    git("init", "--quiet", folder=tmp_path)
    git("add", ".", folder=tmp_path)
    git("-c", "user.name=a", "-c", "user.email=b", "commit", "--quiet", "-m", "a", folder=tmp_path)
    git("clone", "--quiet", "--config", "core.autocrlf=true", ".", "clone", folder=tmp_path)
    assert (tmp_path / "clone" / "a.txt").read_bytes() == b"unix\n"
    assert (tmp_path / "clone" / "b.txt").read_bytes() == b"dos\r\n"
