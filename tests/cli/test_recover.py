"""A killed `dvc exp run` is undone, and nothing that the user did is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from imdb_genres.cli.recover import recover
from imdb_genres.errors import UserError
from tests.support.tracked_runs import git

PARAMS = """\
seed: 7  # draws
train:
  units: [4, 2]
  epochs: 5
evaluate:
  bootstrap: 10
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository in which experiments will be killed."""
    monkeypatch.chdir(tmp_path)
    for name, content in {"params.yaml": PARAMS, "dvc.lock": "first", "code.py": "first"}.items():
        Path(name).write_text(content)
    git("init", "-q", "-b", "work")
    git("config", "user.name", "a")
    git("config", "user.email", "b")
    git("add", ".")
    git("commit", "-qm", "a")
    return tmp_path


def begin_experiment(changed: bool) -> None:
    """Do to git what ``dvc exp run`` does until a stage runs."""
    if changed:
        git("stash", "push")
        git("stash", "apply", "--index")
        git("stash", "drop")
    text = Path("params.yaml").read_text()
    Path("params.yaml").write_text(text.replace("[4, 2]", "\n  - 8"))
    git("update-ref", "refs/exps/exec/EXEC_MERGE", git("stash", "create"))
    git("checkout", "-q", git("rev-parse", "HEAD"))
    git("add", "params.yaml")
    Path("dvc.lock").write_text("half")


def change_before() -> None:
    Path("code.py").write_text("mine")
    Path("params.yaml").write_text(PARAMS.replace("bootstrap: 10", "bootstrap: 20"))


def test_a_clean_workspace_is_clean_again(root: Path) -> None:
    begin_experiment(changed=False)
    assert "on work again" in recover(root)
    assert git("status", "--porcelain") == ""
    assert git("branch", "--show-current") == "work"
    assert Path("params.yaml").read_text() == PARAMS
    assert "nothing to do" in recover(root)


def test_changes_from_before_the_run_stay(root: Path) -> None:
    change_before()
    begin_experiment(changed=True)
    recover(root)
    assert Path("code.py").read_text() == "mine"
    assert Path("params.yaml").read_text() == PARAMS.replace("bootstrap: 10", "bootstrap: 20")
    assert Path("dvc.lock").read_text() == "first"


def test_of_several_earlier_states_the_newest_counts(root: Path) -> None:
    change_before()
    with_old_time = {"GIT_COMMITTER_DATE": "2001-01-01T00:00:00"}
    Path("params.yaml").write_text(PARAMS.replace("bootstrap: 10", "bootstrap: 30"))
    subprocess.run(["git", "stash", "create"], env=os.environ | with_old_time, check=True)
    change_before()
    begin_experiment(changed=True)
    recover(root)
    assert "bootstrap: 20" in Path("params.yaml").read_text()


def test_changes_since_the_run_stay(root: Path) -> None:
    change_before()
    begin_experiment(changed=True)
    Path("code.py").write_text("mine, later")
    Path("params.yaml").write_text(Path("params.yaml").read_text().replace("seed: 7", "seed: 8"))
    recover(root)
    assert Path("code.py").read_text() == "mine, later"
    expected = PARAMS.replace("bootstrap: 10", "bootstrap: 20").replace("seed: 7", "seed: 8")
    assert Path("params.yaml").read_text() == expected


def test_changes_of_the_overrides_themselves_are_left_to_the_user(root: Path) -> None:
    begin_experiment(changed=False)
    edited = Path("params.yaml").read_text().replace("- 8", "- 9")
    Path("params.yaml").write_text(edited)
    with pytest.raises(UserError, match="undo or finish"):
        recover(root)
    assert Path("params.yaml").read_text() == edited


def test_a_stage_that_still_runs_is_not_disturbed(root: Path) -> None:
    begin_experiment(changed=False)
    command = [sys.executable, "-c", "import time; time.sleep(60)", "-m stages.train"]
    with subprocess.Popen(command) as stage:
        with pytest.raises(UserError, match=f"{stage.pid}: "):
            recover(root)
        stage.kill()
