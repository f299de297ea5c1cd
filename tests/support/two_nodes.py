"""A search on two Ray nodes of this machine, one of which is killed: prints what came of it as JSON.

``python -m tests.support.two_nodes FOLDER``, in network and process namespaces of its own: Ray listens
on all addresses of a machine, and leaves processes behind.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from imdb_genres.search.cluster import ray_cluster
from imdb_genres.search.rounds import search
from imdb_genres.search.trial_log import TrialLog
from imdb_genres.search.trial_result import Trial, TrialResult, digest
from tests.support import fake_trials

HEAD = "127.0.0.1:6379"


class TracedTrial(fake_trials.FakeTrial):
    """Appends to the file ``trace`` which node ran a trial, and where the code came from."""

    def __init__(self, trace: Path) -> None:
        super().__init__(0.2)
        self.trace = trace

    def __call__(self, trial: Trial) -> TrialResult:
        """Return the result of ``trial``."""
        import imdb_genres

        with self.trace.open("a") as file:
            file.write(f"{os.environ['NODE']} {imdb_genres.__file__}\n")
        return super().__call__(trial)


def main(folder: Path) -> None:
    """Kill the second node after the fifth trial; print the digest and the trace."""
    from ray import cloudpickle

    cloudpickle.register_pickle_by_value(fake_trials)  # nodes have no tests
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    start_node(
        folder / "first", "--head", f"--port={HEAD.partition(':')[2]}", "--include-dashboard=false"
    )
    second = start_node(folder / "second", f"--address={HEAD}")
    sockets = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True, check=True).stdout
    results: list[TrialResult] = []
    trace = folder / "trace"
    with ray_cluster(TracedTrial(trace), HEAD) as run_trials:
        log = TrialLog(folder / "log.jsonl")
        for result in search(fake_trials.settings_with(), {}, run_trials, log):
            results.append(result)
            if len(results) == 5:
                kill(second)
    outcome = {"digest": digest(results), "trace": trace.read_text(), "sockets": sockets}
    print(json.dumps(outcome))


def start_node(folder: Path, *options: str) -> psutil.Process:
    """Start a node in a folder without the code, and wait until it has joined; return its ``ray start``."""
    folder.mkdir()
    command = [str(Path(sys.executable).with_name("ray")), "start", "--block", "--num-cpus=1"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with (folder / "log").open("w") as log:
        node = psutil.Popen(
            [*command, "--object-store-memory=80000000", *options],
            cwd=folder,
            env=environment | {"NODE": folder.name},
            stdout=log,
            stderr=log,
        )
    while "Ray runtime started" not in (folder / "log").read_text():
        if node.poll() is not None:
            raise RuntimeError((folder / "log").read_text())
        time.sleep(0.1)
    return node


def kill(node: psutil.Process) -> None:
    """Kill a node with all of its processes, as a power failure would."""
    for process in [node, *node.children(recursive=True)]:
        process.kill()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
