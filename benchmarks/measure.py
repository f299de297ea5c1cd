"""Measures whole processes, contenders alternately, and prints them in one table."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

SMALL_PROCESS = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"


class Cost(NamedTuple):
    """What one process and its children took: seconds, CPU seconds, and the largest one's MB."""

    wall: float
    cpu: float
    peak: float


Runner = Callable[[Sequence[str], Path | None], Cost]


def run(command: Sequence[str], folder: Path | None = None) -> Cost:
    """Run ``command`` to its end; raise CalledProcessError, its output shown, if it fails.

    A new process starts with its parent's peak memory, so a small process starts the command.
    """
    # -P: benchmarks/tokenize.py must not shadow the standard library's
    starter = [sys.executable, "-P", __file__, *command]
    result = subprocess.run(starter, cwd=folder, stdout=subprocess.PIPE, check=True, text=True)
    return Cost(*json.loads(result.stdout))


def read_output(command: Sequence[str]) -> str:
    """Return what ``command`` prints; a small process starts it, so that it can measure its own peak."""
    starter = [sys.executable, "-c", SMALL_PROCESS, *command]
    return subprocess.run(starter, stdout=subprocess.PIPE, check=True, text=True).stdout


def measure(command: Sequence[str]) -> Cost:
    """Run ``command`` from this process; end this one as it does, its output shown, if it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.stderr.write(output.decode(errors="replace"))
        sys.exit(process.returncode)
    kilobyte = 1 if sys.platform == "darwin" else 1024
    return Cost(
        time.perf_counter() - start,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss * kilobyte / 1e6,
    )


def medians(
    contenders: Mapping[str, Sequence[str]],
    rounds: int,
    folder: Path | None = None,
    runner: Runner = run,
) -> dict[str, Cost]:
    """Return the median of each figure of ``run_rounds``."""
    runs = run_rounds(contenders, rounds, folder, runner)
    return {name: median(costs) for name, costs in runs.items()}


def run_rounds(
    contenders: Mapping[str, Sequence[str]],
    rounds: int,
    folder: Path | None = None,
    runner: Runner = run,
) -> dict[str, list[Cost]]:
    """Run every contender once per round, so that a busy machine affects all equally."""
    costs: dict[str, list[Cost]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, command in contenders.items():
            costs[name].append(runner(command, folder))
    return costs


def median(runs: Sequence[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(*map(statistics.median, zip(*runs, strict=True)))


def table(costs: Mapping[str, Cost], peer: str) -> str:
    """Return a Markdown table; ratios are to ``peer``, below 1 is less."""
    lines = [
        f"| | wall s | CPU s | peak MB | wall to {peer} | CPU to {peer} | peak to {peer} |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, cost in costs.items():
        ratios = [f"{mine / its:.2f}" for mine, its in zip(cost, costs[peer], strict=True)]
        figures = [f"{cost.wall:.2f}", f"{cost.cpu:.2f}", f"{cost.peak:.0f}"]
        lines.append(f"| {' | '.join([name, *figures, *ratios])} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1:])))
