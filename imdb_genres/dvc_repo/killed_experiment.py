"""Finds in git what the workspace was before `dvc exp run`, which was killed, changed it."""

import re
from pathlib import Path
from typing import NamedTuple

from imdb_genres.dvc_repo.git import git, git_prefix
from imdb_genres.errors import UserError

EXEC_MERGE_REF = "refs/exps/exec/EXEC_MERGE"  # your changes and the overrides, as the run began
PARAMS, LOCK = "params.yaml", "dvc.lock"
PACKED_ARGUMENTS = ".dvc/tmp/repro.dat"  # written by DVC, part of the same commit
EXPERIMENT_SUBJECT = "dvc-exp:"  # of DVC's stash commits, which hold overrides


class Stash(NamedTuple):
    """A commit of `git stash`, which nothing may point to any more; time in seconds since 1970."""

    commit: str
    time: int
    parent: str
    subject: str


def workspace_before(root: Path) -> str:
    """Return a commit with the workspace as it was before the overrides.

    DVC stashes uncommitted changes while it writes the overrides: a commit that nothing points to
    afterwards. Without such changes it is HEAD.
    """
    head = git("rev-parse", "HEAD", folder=root)
    stash = stash_of_run(root, head)
    if stash and _same_but_params(root, stash):
        return stash
    if not stash and _same_but_params(root, head):
        return head
    raise UserError(
        f"git no longer has your changes from before the run, and {PARAMS} still holds the "
        f"overrides; `git diff {EXEC_MERGE_REF}` shows what has changed since: edit {PARAMS}, then "
        f"`git switch` to your branch"
    )


def stash_of_run(root: Path, head: str) -> str | None:
    """Return the stash of uncommitted changes that the killed run itself made, if it made one.

    Other stashes stay in git for weeks: those of earlier experiments and of the user. The run's own
    is younger than whatever moved HEAD before the run.
    """
    run = _read_stashes(root, [EXEC_MERGE_REF])[0]
    lost = git("fsck", "--unreachable", "--no-reflogs", "--no-progress", folder=root)
    commits = re.findall(r"unreachable commit (\w+)", lost)
    earliest = earliest_stash_time(root, run.time)
    own = [
        stash
        for stash in _read_stashes(root, commits)
        if not stash.subject.startswith(EXPERIMENT_SUBJECT)
        and stash.parent == head
        and earliest <= stash.time <= run.time
    ]
    return max(own, key=lambda stash: stash.time).commit if own else None


def _read_stashes(root: Path, commits: list[str]) -> list[Stash]:
    """Return those of ``commits`` that are stashes, which have several parents."""
    if not commits:
        return []
    lines = git("log", "--no-walk", "--format=%H %ct %s%x00%P", *commits, folder=root).splitlines()
    stashes = []
    for line in lines:
        described, _, parents = line.partition("\0")
        commit, time, subject = described.split(" ", 2)
        if " " in parents:
            stashes.append(Stash(commit, int(time), parents.split()[0], subject))
    return stashes


def earliest_stash_time(root: Path, run_time: int) -> int:
    """Return the earliest time of a stash by the run that began at ``run_time``, from HEAD's reflog.

    DVC logs "checkout: moving ..." right after its stash, and "dvc: Restore HEAD" right after its
    commit of ``run_time``. The entry before these two is what came before the run; a `git stash` or
    an earlier experiment may have left a stash in that very second, unless the run's is of it too.
    """
    reflog = git("reflog", "HEAD", "--date=unix", "--format=%gd %gs", folder=root).splitlines()
    entries = [re.fullmatch(r"HEAD@\{(\d+)\} ?(.*)", line) for line in reflog]
    moves = [(int(entry[1]), entry[2]) for entry in entries if entry]  # newest first
    restored = [
        index
        for index, (time, action) in enumerate(moves)
        if action.startswith("dvc: Restore HEAD") and time >= run_time
    ]
    own = moves[restored[-1] + 1 :] if restored else []
    if len(own) < 2:
        return 0
    (checkout_time, _), (time, action), *_ = own
    return time + (action.startswith(("dvc: Restore HEAD", "reset: ")) and time < checkout_time)


def _same_but_params(root: Path, commit: str) -> bool:
    changed = git("diff", "--name-only", commit, EXEC_MERGE_REF, folder=root).splitlines()
    prefix = git_prefix(root)
    return set(changed) <= {prefix + name for name in (PARAMS, PACKED_ARGUMENTS, LOCK)}
