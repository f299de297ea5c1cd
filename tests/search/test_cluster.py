"""Trials on a Ray cluster, where Ray is installed (the extra ``cluster``)."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from imdb_genres.errors import UserError
from imdb_genres.search.cluster import ray_cluster
from imdb_genres.search.rounds import search
from imdb_genres.search.trial_log import TrialLog
from imdb_genres.search.trial_result import Trial, TrialResult, digest
from tests.support.fake_trials import FakeTrial, settings_with

ISOLATED = ["unshare", "--net", "--pid", "--fork", "--mount-proc"]
needs_ray = pytest.mark.skipif(
    not (find_spec("ray") and shutil.which("unshare") and os.geteuid() == 0),
    reason="needs Ray, and the right to make namespaces",
)


@pytest.mark.slow
@needs_ray
def test_a_killed_node_costs_only_its_running_trials(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Nodes in folders of their own get the code from here, and listen on loopback alone."""
    scratch = tempfile.mkdtemp()  # a path so short that Ray can have sockets in it
    request.addfinalizer(lambda: shutil.rmtree(scratch, ignore_errors=True))
    (tmp_path / "token").write_text("a secret of 32 characters or more")
    (tmp_path / "token").chmod(0o600)
    environment = os.environ | {
        "HOME": str(tmp_path),
        "TMPDIR": scratch,
        "RAY_TMPDIR": scratch,
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(tmp_path / "token"),
        "RAY_USAGE_STATS_ENABLED": "0",
        "PYTHONPATH": str(Path.cwd()),
    }
    command = [*ISOLATED, sys.executable, "-m", "tests.support.two_nodes", str(tmp_path)]
    process = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, timeout=200
    )
    outcome = json.loads(process.stdout.splitlines()[-1])

    def run_here(trials: list[Trial]) -> Iterator[TrialResult]:
        yield from map(FakeTrial(), trials)

    results = search(settings_with(), {}, run_here, TrialLog(tmp_path / "here.jsonl"))
    assert outcome["digest"] == digest(results)
    nodes = [line.split()[0] for line in outcome["trace"].splitlines()]
    assert set(nodes) == {"first", "second"} and set(nodes[-6:]) == {"first"}
    assert not any(str(Path.cwd()) in line for line in outcome["trace"].splitlines())
    addresses = {line.split()[3].rpartition(":")[0] for line in outcome["sockets"].splitlines()}
    assert addresses <= {"127.0.0.1", "[::ffff:127.0.0.1]", "[::1]"}


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed")
def test_without_ray_the_message_says_what_to_install() -> None:
    with pytest.raises(UserError, match=r"imdb-genres\[cluster\]"):
        ray_cluster(FakeTrial(), "127.0.0.1:6379").__enter__()
