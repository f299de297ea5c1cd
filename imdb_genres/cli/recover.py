"""Restores the workspace after `dvc exp run` was killed: `imdb-genres recover`."""

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import psutil

from imdb_genres.dvc_repo.dvc import run_dvc
from imdb_genres.dvc_repo.git import GitError, git, git_bytes, git_show, ref_exists
from imdb_genres.dvc_repo.killed_experiment import EXEC_MERGE_REF, LOCK, PARAMS, workspace_before
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError

RESULTS = (LOCK, "metrics")


@click.command()
def command() -> None:
    """Restore the workspace after `dvc exp run` was killed.

    A killed experiment leaves a detached HEAD, its overrides in params.yaml, and outputs removed.
    This undoes DVC's changes and keeps yours, from before, during and after the run.
    """
    print(f"recover: {recover(repository_root())}")


def recover(root: Path) -> str:
    """Restore branch, parameters, results and outputs; return what was done."""
    if not ref_exists(EXEC_MERGE_REF, folder=root):
        return "nothing to do: no experiment was killed here"
    if running := processes_in(root):
        raise UserError(f"the experiment is still running ({running}): wait, or stop it first")
    before = workspace_before(root)
    restore_params(root, before)
    restore_results(root, before)
    branch = restore_branch(root)
    git("reset", "--quiet", "--", PARAMS, LOCK, folder=root)
    forget_experiment(root)
    return (
        f"restored {branch}, without the killed experiment's overrides"
        + ("" if checkout_outputs(root) else "; `dvc repro` rebuilds outputs that are not cached")
        + ". The same `dvc exp run` resumes after the last finished epoch."
    )


def checkout_outputs(root: Path) -> bool:
    """Restore the outputs from DVC's cache; return whether all of them were there."""
    return run_dvc("checkout", "--quiet", cwd=root).returncode == 0


def processes_in(root: Path) -> str:
    """Return the commands of DVC and of stages that run in ``root``, with their process ids."""
    commands: dict[int, str] = {
        process.pid: " ".join(process.info["cmdline"] or ())
        for process in psutil.process_iter(["cwd", "cmdline"])
        if process.info["cwd"] == str(root)
    }
    ours = re.compile(r"\bdvc\b.* exp run|-m stages\.")
    return "; ".join(f"{pid}: {line}" for pid, line in commands.items() if ours.search(line))


def restore_params(root: Path, before: str) -> None:
    """Remove the overrides from params.yaml; later edits are kept."""
    path = root / PARAMS
    overridden = git_show(EXEC_MERGE_REF, PARAMS, folder=root)
    original = git_show(before, PARAMS, folder=root)
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
                f"{PARAMS} was edited on the lines of the overrides after the run began; nothing is "
                f"changed. `git diff {EXEC_MERGE_REF} -- {PARAMS}` shows your edits: undo them first"
            ) from None


def restore_results(root: Path, before: str) -> None:
    """Restore dvc.lock and metrics/; files that git does not track stay."""
    names = git("ls-tree", "-r", "--name-only", before, "--", *RESULTS, folder=root)
    for name in names.splitlines():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(git_show(before, name, folder=root))


def restore_branch(root: Path) -> str:
    """Put HEAD back on the branch that DVC left; return its name."""
    for line in git("reflog", "--format=%gs", folder=root).splitlines():
        match = re.fullmatch(
            r"dvc: Restore HEAD to '(.+)'|checkout: moving from (\S+) to \w{40}", line
        )
        if match:
            branch = match[1] or match[2]
            if ref_exists(f"refs/heads/{branch}", folder=root):
                git("symbolic-ref", "HEAD", f"refs/heads/{branch}", folder=root)
            return branch
    return "the same commit"


def forget_experiment(root: Path) -> None:
    """Remove the refs and files that DVC keeps while an experiment runs in the workspace."""
    for ref in git(
        "for-each-ref", "--format=%(refname)", "refs/exps/exec", folder=root
    ).splitlines():
        git("update-ref", "--no-deref", "-d", ref, folder=root)
    shutil.rmtree(root / ".dvc" / "tmp" / "exps" / "run" / "workspace", ignore_errors=True)
