"""Restores the workspace after `dvc exp run` was killed: `imdb-genres recover`.

A killed experiment leaves git without a branch, its overrides in params.yaml, and outputs removed.
This undoes what DVC did and keeps what you did, before, meanwhile or since.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import psutil

from imdb_genres.dvc_repo.git import GitError, git, git_bytes
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError

EXPERIMENT = "refs/exps/exec/EXEC_MERGE"  # your changes and the overrides, as DVC began the run
PARAMS = "params.yaml"
RESULTS = ("dvc.lock", "metrics")
PACKED = ".dvc/tmp/repro.dat"  # DVC's notes to itself


@click.command()
def command() -> None:
    """Restore the workspace after `dvc exp run` was killed.

    A killed experiment leaves a detached HEAD, its overrides in params.yaml, and outputs removed.
    This undoes what DVC did and keeps what you did, before, meanwhile or since.
    """
    try:
        print(f"recover: {recover(repository_root())}")
    except GitError as error:
        raise UserError(str(error)) from None


def recover(root: Path) -> str:
    """Bring back branch, parameters, results and outputs; return what was done."""
    if not _exists(root, EXPERIMENT):
        return "nothing to do, no experiment was killed here"
    if running := processes_in(root):
        raise UserError(f"it still runs ({running}): wait, or stop it first")
    before = workspace_before(root)
    restore_params(root, before)
    restore_results(root, before)
    branch = restore_branch(root)
    git("reset", "--quiet", "--", PARAMS, *RESULTS[:1], folder=root)
    forget_experiment(root)
    outputs = subprocess.run([sys.executable, "-m", "dvc", "checkout", "--quiet"], cwd=root)
    return (
        f"you are on {branch} again, without the killed experiment's overrides"
        + ("" if outputs.returncode == 0 else "; `dvc repro` makes the outputs that are not cached")
        + ". The same `dvc exp run` goes on after the last epoch that it finished."
    )


def processes_in(root: Path) -> str:
    """Return the commands of DVC and of stages that run in ``root``, with their ids."""
    commands: dict[int, str] = {
        process.pid: " ".join(process.info["cmdline"] or ())
        for process in psutil.process_iter(["cwd", "cmdline"])
        if process.info["cwd"] == str(root)
    }
    ours = re.compile(r"\bdvc\b.* exp run|-m stages\.")
    return "; ".join(f"{pid}: {line}" for pid, line in commands.items() if ours.search(line))


def workspace_before(root: Path) -> str:
    """Return the commit with the workspace as it was before the overrides.

    DVC stashes uncommitted changes for a moment: a commit that nothing points to any more, and
    that differs from the experiment's in the parameters alone. Without changes it is HEAD.
    """
    head = git("rev-parse", "HEAD", folder=root)
    lost = git("fsck", "--unreachable", "--no-reflogs", "--no-progress", folder=root)
    commits: list[str] = re.findall(r"unreachable commit (\w+)", lost)
    newest_first = (
        ["log", "--no-walk=sorted", "--format=%H %P", *commits] if commits else ["log", "-0"]
    )
    for line in git(*newest_first, folder=root).splitlines():
        commit, *parents = line.split()
        if len(parents) > 1 and parents[0] == head and _same_but_params(root, commit):
            return commit
    if _same_but_params(root, head):
        return head
    raise UserError(
        f"your changes before the run are not found in git; `git diff {EXPERIMENT}` shows what is "
        f"different now, and {PARAMS} still holds the overrides: mend it, then `git switch` to your branch"
    )


def _same_but_params(root: Path, commit: str) -> bool:
    changed = git("diff", "--name-only", commit, EXPERIMENT, folder=root).splitlines()
    return set(changed) <= {PARAMS, PACKED, *RESULTS[:1]}


def restore_params(root: Path, before: str) -> None:
    """Take the overrides out of params.yaml; what was edited since stays."""
    path = root / PARAMS
    overridden = git_bytes("show", f"{EXPERIMENT}:{PARAMS}", folder=root)
    original = git_bytes("show", f"{before}:{PARAMS}", folder=root)
    if path.read_bytes() != overridden:
        original = _merged(path.read_bytes(), overridden, original)
    path.write_bytes(original)


def _merged(now: bytes, overridden: bytes, original: bytes) -> bytes:
    with TemporaryDirectory() as name:
        files = [Path(name) / part for part in ("now", "overridden", "original")]
        for file, content in zip(files, (now, overridden, original), strict=True):
            file.write_bytes(content)
        try:
            return git_bytes("merge-file", "-p", *map(str, files))
        except GitError:
            raise UserError(
                f"{PARAMS} was edited after the run began, where the overrides are: nothing is "
                f"changed. `git diff {EXPERIMENT} -- {PARAMS}` shows your edits; undo or finish them"
            ) from None


def restore_results(root: Path, before: str) -> None:
    """Write dvc.lock and metrics/ as they were; those that git did not know stay."""
    names = git("ls-tree", "-r", "--name-only", before, "--", *RESULTS, folder=root)
    for name in names.splitlines():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(git_bytes("show", f"{before}:{name}", folder=root))


def restore_branch(root: Path) -> str:
    """Put HEAD on the branch again that DVC left; return its name."""
    for line in git("reflog", "--format=%gs", folder=root).splitlines():
        match = re.fullmatch(
            r"dvc: Restore HEAD to '(.+)'|checkout: moving from (\S+) to \w{40}", line
        )
        if match:
            branch = match[1] or match[2]
            if _exists(root, f"refs/heads/{branch}"):
                git("symbolic-ref", "HEAD", f"refs/heads/{branch}", folder=root)
            return branch
    return "the same commit"


def forget_experiment(root: Path) -> None:
    """Remove what DVC keeps of a run in the workspace while it goes on."""
    for ref in git(
        "for-each-ref", "--format=%(refname)", "refs/exps/exec", folder=root
    ).splitlines():
        git("update-ref", "--no-deref", "-d", ref, folder=root)
    shutil.rmtree(root / ".dvc" / "tmp" / "exps" / "run" / "workspace", ignore_errors=True)


def _exists(root: Path, ref: str) -> bool:
    try:
        return bool(git("rev-parse", "--verify", "--quiet", ref, folder=root))
    except GitError:
        return False
