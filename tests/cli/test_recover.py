"""A killed `dvc exp run` is undone, and nothing that the user did is lost."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from scmrepo.git import Git
from scmrepo.git.stash import Stash

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
    """A folder of a bigger repository, in which experiments will be killed."""
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setattr("imdb_genres.cli.recover.checkout_outputs", lambda _: True)
    for name, content in {"params.yaml": PARAMS, "dvc.lock": "first", "code.py": "first"}.items():
        Path(name).write_text(content)
    git("init", "-q", "-b", "work", str(tmp_path))
    git("config", "user.name", "a")
    git("config", "user.email", "b")
    git("add", ".")
    git("commit", "-qm", "a")
    return root


def stash_experiment(root: Path, override: str) -> str:
    """Do to git what every ``dvc exp run`` begins with, by DVC's own library; return its stash."""
    scm = Git(root)
    with (
        scm.stash_workspace(reinstate_index=True) as stashed,
        scm.detach_head(client="dvc") as head,
    ):
        experiments = Stash(scm, "refs/exps/stash")
        if stashed:
            experiments.apply(stashed)
        text = Path("params.yaml").read_text()
        Path("params.yaml").write_text(text.replace("[4, 2]", override))
        scm.add(["params.yaml"])
        commit = experiments.push(message=f"dvc-exp:{head}:{head}:a-name")
        scm.reset(hard=True)
        experiments.drop()
    assert commit
    return commit


def begin_experiment(root: Path) -> None:
    """Do to git what ``dvc exp run`` in the workspace does until a stage runs."""
    later()
    commit = stash_experiment(root, "\n  - 8")
    git("update-ref", "refs/exps/exec/EXEC_MERGE", commit)
    git("checkout", "-q", git("rev-parse", "HEAD"), "--force")
    git("checkout", commit, "--", ".")
    git("reset", "-q")
    git("add", "params.yaml")
    Path("dvc.lock").write_text("half")


def later() -> None:
    """Wait for the next second: DVC needs more than one to start. The clock that git reads lags."""
    time.sleep(1.05 - time.time() % 1)


def change_before() -> None:
    Path("code.py").write_text("mine")
    Path("params.yaml").write_text(PARAMS.replace("bootstrap: 10", "bootstrap: 20"))


def test_a_clean_workspace_is_clean_again(root: Path) -> None:
    begin_experiment(root)
    assert "work" in recover(root)
    assert git("status", "--porcelain") == ""
    assert git("branch", "--show-current") == "work"
    assert Path("params.yaml").read_text() == PARAMS
    assert "nothing to do" in recover(root)


def test_changes_from_before_the_run_stay(root: Path) -> None:
    change_before()
    begin_experiment(root)
    recover(root)
    assert Path("code.py").read_text() == "mine"
    assert Path("params.yaml").read_text() == PARAMS.replace("bootstrap: 10", "bootstrap: 20")
    assert Path("dvc.lock").read_text() == "first"


def discard_changes() -> None:
    Path("code.py").write_text("first")
    Path("params.yaml").write_text(PARAMS)


@pytest.mark.parametrize("changed", [False, True], ids=["clean", "with changes"])
def test_an_earlier_experiment_in_another_folder_leaves_nothing_behind(
    root: Path, changed: bool
) -> None:
    if changed:
        change_before()
    stash_experiment(root, "[9]")
    discard_changes()
    begin_experiment(root)
    recover(root)
    assert Path("params.yaml").read_text() == PARAMS
    assert git("status", "--porcelain") == ""


def test_the_users_own_dropped_stash_is_not_brought_back(root: Path) -> None:
    Path("params.yaml").write_text(PARAMS.replace("seed: 7", "seed: 99"))
    git("stash", "push", "-q")
    git("stash", "drop", "-q")
    begin_experiment(root)
    recover(root)
    assert Path("params.yaml").read_text() == PARAMS


def test_changes_survive_though_other_changes_were_stashed_before(root: Path) -> None:
    Path("params.yaml").write_text(PARAMS.replace("bootstrap: 10", "bootstrap: 30"))
    stash_experiment(root, "[9]")
    discard_changes()
    change_before()
    begin_experiment(root)
    recover(root)
    assert "bootstrap: 20" in Path("params.yaml").read_text()
    assert Path("code.py").read_text() == "mine"


def test_changes_since_the_run_stay(root: Path) -> None:
    change_before()
    begin_experiment(root)
    Path("code.py").write_text("mine, later")
    Path("params.yaml").write_text(Path("params.yaml").read_text().replace("seed: 7", "seed: 8"))
    recover(root)
    assert Path("code.py").read_text() == "mine, later"
    expected = PARAMS.replace("bootstrap: 10", "bootstrap: 20").replace("seed: 7", "seed: 8")
    assert Path("params.yaml").read_text() == expected


def test_changes_of_the_overrides_themselves_are_left_to_the_user(root: Path) -> None:
    begin_experiment(root)
    edited = Path("params.yaml").read_text().replace("- 8", "- 9")
    Path("params.yaml").write_text(edited)
    with pytest.raises(UserError, match=r"params\.yaml"):
        recover(root)
    assert Path("params.yaml").read_text() == edited


def test_a_stage_that_still_runs_is_not_disturbed(root: Path) -> None:
    begin_experiment(root)
    command = [sys.executable, "-c", "import time; time.sleep(60)", "-m stages.train"]
    with subprocess.Popen(command) as stage:
        with pytest.raises(UserError, match=f"{stage.pid}: "):
            recover(root)
        stage.kill()
