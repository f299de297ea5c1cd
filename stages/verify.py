"""Runs the pipeline in two fresh clones that have nothing in common, and compares what they made.

`make verify`, or `python -m stages.verify`: other folders, users, time zones, languages and hash
seeds. It takes twice the time of `dvc repro` and leaves this workspace alone.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from stages.errors import StageError, ending_with_a_sentence
from stages.repository.git import git
from stages.repository.lock import Lock, made_by, read_lock
from stages.repository.root import repository_root

WORLDS = {
    "first": {"USER": "ann", "LOGNAME": "ann", "TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    "another/second": {
        "USER": "björn",
        "LOGNAME": "björn",
        "TZ": "Asia/Kathmandu",
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": "2",
    },
}


def main() -> None:
    """Run the last commit twice; end with status 1 and the outputs that differ, if any do."""
    with ending_with_a_sentence("verify"), TemporaryDirectory() as folder:
        locks = {name: made_in(Path(folder) / name, world) for name, world in WORLDS.items()}
        first, second = locks.values()
        if differing := differences(first, second):
            raise StageError(f"not the same bytes in both clones: {', '.join(differing)}")
        outputs = sum(len(made_by(first, stage)) for stage in first)
        print(f"verify: {outputs} outputs of {len(first)} stages are the same to the byte in both")


def made_in(folder: Path, world: dict[str, str]) -> Lock:
    """Clone the last commit into ``folder``, run everything there, and return its dvc.lock."""
    git("clone", "--quiet", str(repository_root()), str(folder))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DVC_")}
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = kept | world | {"PATH": tools, "TRACKING": "off"}
    print(f"verify: dvc repro --force in {folder}", flush=True)
    command = [sys.executable, "-m", "dvc", "repro", "--force", "--quiet"]
    if subprocess.run(command, cwd=folder, env=environment).returncode:
        raise StageError("the pipeline failed; its own words stand above")
    return read_lock(folder / "dvc.lock")


def differences(first: Lock, second: Lock) -> list[str]:
    """Return the outputs that are not the same, the earliest stage's first."""
    return [
        f"{path} ({stage})"
        for stage in first
        for path, md5 in made_by(first, stage).items()
        if made_by(second, stage).get(path) != md5
    ]


if __name__ == "__main__":
    main()
