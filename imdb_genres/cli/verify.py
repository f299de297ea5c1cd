"""Runs the pipeline in fresh clones with different environments: `imdb-genres verify`."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from imdb_genres.cli.environments import Environment, list_environments
from imdb_genres.dvc_repo.dvc import run_dvc
from imdb_genres.dvc_repo.git import GitError, git, git_prefix, git_show
from imdb_genres.dvc_repo.lockfile import Lock, output_hashes, parse_lock, read_lock
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError


@click.command()
@click.option("--all", "every", is_flag=True, help="Run in all environments, not only in two.")
def command(every: bool) -> None:
    """Run the last commit in two clones and compare their outputs byte for byte.

    The clones differ in folder, user, time zone, locale, umask, hash seed, number of threads, CPU
    instruction sets, and settings of git, Keras and TensorFlow. Takes twice the time of
    `dvc repro --force` (with --all four to six times) and does not touch this workspace. Prints the
    md5 of every output; the exit status is 1 if any differ.
    """
    environments = list_environments()
    names = list(environments) if every else ["plain", "contrary"]
    with TemporaryDirectory() as folder:
        locks = {name: reproduce(Path(folder), environments[name]) for name in names}
        committed = read_lock_of_commit(repository_root())
    made = locks["plain"]
    print(hash_table(locks))
    differing = {name: differences(made, lock) for name, lock in locks.items()}
    failures = [f"{name}: {', '.join(paths)}" for name, paths in differing.items() if paths]
    if failures:
        raise UserError(f"not the same bytes as in the plain environment ({'; '.join(failures)})")
    outputs = sum(len(output_hashes(made, stage)) for stage in made)
    same = f"{outputs} outputs of {len(made)} stages have the same bytes in {len(locks)} clones"
    print(f"verify: {same}")
    print(f"verify: {compare_with_commit(made, committed)}")


def reproduce(folder: Path, environment: Environment) -> Lock:
    """Clone the last commit to a folder in ``folder`` and run the pipeline; return its dvc.lock."""
    root = repository_root()
    clone = folder / environment.folder
    git_root = git("rev-parse", "--show-toplevel", folder=root)
    config = [f"--config={name}={value}" for name, value in environment.git_config.items()]
    git("clone", "--quiet", *config, git_root, str(clone))
    project = clone / git_prefix(root)
    print(f"verify: dvc repro --force in {project} ({environment.name})", flush=True)
    variables = environment.prepare(folder / "home" / environment.name)
    options = {"cwd": project, "env": variables, "umask": environment.umask}
    if run_dvc("repro", "--force", "--quiet", **options).returncode:
        raise UserError(f"the pipeline failed in the environment {environment.name!r}: see above")
    return read_lock(project / "dvc.lock")


def read_lock_of_commit(root: Path) -> Lock:
    """Return the dvc.lock of the last commit, empty if there is none."""
    try:
        return parse_lock(git_show("HEAD", "dvc.lock", folder=root).decode())
    except GitError:
        return {}


def hash_table(locks: Mapping[str, Lock]) -> str:
    """Return a Markdown table: each output's md5, shortened, with one column per environment."""
    lines = ["| output | " + " | ".join(locks) + " |", "|---|" + "---|" * len(locks)]
    first = next(iter(locks.values()))
    for stage in first:
        for path in output_hashes(first, stage):
            md5s = [output_hashes(lock, stage).get(path, "missing")[:12] for lock in locks.values()]
            lines.append(f"| {path} | {' | '.join(md5s)} |")
    return "\n".join(lines)


def differences(first: Lock, second: Lock) -> list[str]:
    """Return the outputs that differ, in the order of the stages."""
    return [
        f"{path} ({stage})"
        for stage in first
        for path, md5 in output_hashes(first, stage).items()
        if output_hashes(second, stage).get(path) != md5
    ]


def compare_with_commit(made: Lock, committed: Lock) -> str:
    """Return whether ``made`` equals the committed dvc.lock, and why it may differ."""
    differing = differences(made, committed)
    if not committed:
        return "no dvc.lock is committed to compare with"
    if not differing:
        return "the committed dvc.lock has the same"
    first = next(
        stage for stage in made if output_hashes(made, stage) != output_hashes(committed, stage)
    )
    entry, committed_entry = made[first], committed.get(first, {})
    if all(entry.get(part) == committed_entry.get(part) for part in ("deps", "params")):
        why = f"{first} read the same, so floating-point results differ on this machine"
    else:
        why = f"{first} read other files or parameters then: run `dvc repro` and commit dvc.lock"
    return f"the committed dvc.lock differs in {', '.join(differing)}; {why}"
