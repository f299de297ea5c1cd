"""The cost of texts -> vocabulary, word indexes and binary matrix, compared with Keras's Tokenizer.

``python -m benchmarks.tokenize [--texts 36000 250000] [--rounds 3]``. Every run has a fresh process;
it is measured from when its imports and the texts are in memory.
"""

import argparse
import hashlib
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import NamedTuple

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.corpus import make_texts
from benchmarks.measure import Cost, table
from benchmarks.tokenizers import TOKENIZERS

PEER = "Keras Tokenizer"
STEPS = ["vocabulary and word indexes", "and a binary matrix"]
POLL_SECONDS = 0.003
READY = "ready\n"


def main() -> None:
    """Print a table for each number of texts and each of ``STEPS``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, nargs="+", default=[36_000, 250_000])
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, of which the median")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        run(*arguments.child)
        return
    for number in arguments.texts:
        with TemporaryDirectory() as folder:
            compare(number, arguments.rounds, Path(folder) / "texts.parquet")


def compare(number: int, rounds: int, path: Path) -> None:
    """Run all tokenizers in turns on the same texts and print their costs."""
    texts = make_texts(number, seed=1)
    megabytes = sum(map(len, texts)) / 1e6
    pq.write_table(pa.table({"text": texts}), path)
    del texts
    runs = [{name: measure(name, path) for name in TOKENIZERS} for _ in range(rounds)]
    same = [name for name, result in runs[0].items() if result.digest == runs[0][PEER].digest]
    for step, title in enumerate(STEPS):
        costs = {
            name: Cost(*np.median([result[name].costs[step] for result in runs], axis=0))
            for name in TOKENIZERS
        }
        print(f"\n{number} texts, {megabytes:.0f} MB: {title}\n\n{table(costs, PEER)}")
    print(f"\nIdentical: {', '.join(same)}.")


class Measured(NamedTuple):
    """The costs from the start to the end of each step, and a digest of what was made."""

    costs: list[Cost]
    digest: str


def measure(name: str, path: Path) -> Measured:
    """Run one tokenizer in a process of its own and watch its memory from outside."""
    command = [sys.executable, "-m", "benchmarks.tokenize", "--child", name, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdin and process.stdout and process.stderr
        if process.stdout.readline() != READY:
            raise RuntimeError(process.stderr.read())
        memory = [psutil.Process(process.pid).memory_info().rss]
        Thread(target=_watch, args=(process.pid, memory), daemon=True).start()
        process.stdin.write("go\n")
        process.stdin.flush()
        costs = []
        for _ in STEPS:
            wall, cpu = map(float, process.stdout.readline().split())
            costs.append(Cost(wall, cpu, (max(memory) - memory[0]) / 1e6))
        return Measured(costs, process.stdout.readline())


def _watch(process: int, memory: list[int]) -> None:
    with suppress(psutil.NoSuchProcess):
        while True:
            memory.append(psutil.Process(process).memory_info().rss)
            time.sleep(POLL_SECONDS)


def run(name: str, path: str) -> None:
    """Run one tokenizer; say when it is ready, what each step took, and a digest of the result."""
    tokenizer = TOKENIZERS[name]()
    texts = pq.read_table(path)["text"].to_pylist()
    print(READY, end="", flush=True)
    sys.stdin.readline()
    wall, cpu = time.perf_counter(), time.process_time()
    steps = tokenizer(texts)
    for _ in STEPS:
        result = next(steps)
        print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)
    words, matrix = result
    sums = np.asarray(matrix.sum(axis=0)).ravel().astype(int)
    print(hashlib.sha256(f"{words} {sums.tolist()}".encode()).hexdigest(), flush=True)


if __name__ == "__main__":
    main()
