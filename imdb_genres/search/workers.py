"""Runs trials in processes of this machine, each of which imports TensorFlow once."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread

from imdb_genres.errors import UserError
from imdb_genres.search.rounds import Runner
from imdb_genres.search.trial_result import Trial, TrialResult

TrialFunction = Callable[[Trial], TrialResult]  # picklable; it carries its data
_run_trial: TrialFunction  # of this worker


@contextmanager
def process_pool(run_trial: TrialFunction, jobs: int) -> Iterator[Runner]:
    """Yield a runner of trials that calls ``run_trial`` in ``jobs`` processes."""
    spawn = get_context("spawn")  # TensorFlow's threads do not survive a fork
    pool = ProcessPoolExecutor(jobs, spawn, _start_worker, (run_trial,))

    def run_trials(trials: list[Trial]) -> Iterator[TrialResult]:
        futures = [pool.submit(_call, trial) for trial in trials]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool:
            raise UserError(
                "a worker process was killed, perhaps for lack of memory: run the same command "
                "again, with fewer --jobs; no finished trial is lost"
            ) from None

    try:
        yield run_trials
    finally:
        pool.shutdown(cancel_futures=True)


def _start_worker(run_trial: TrialFunction) -> None:
    global _run_trial
    _run_trial = run_trial
    signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # Ctrl-C reaches the workers too: they end without a traceback
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker if the search is killed: it would wait for its next trial forever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _call(trial: Trial) -> TrialResult:
    return _run_trial(trial)
