"""Progress of a training: a bar on terminals, and the expected duration of a long one."""

import time
from collections.abc import Iterable, Iterator

import numpy as np

from imdb_genres.progress import progress_bar
from imdb_genres.training.history import EpochMetrics

MEASURED = 5  # graph calls before the duration is estimated; the first one traces the graph
MEASURED_SECONDS = 10  # of encoding texts before its duration is estimated
ANNOUNCED = 120  # seconds; the duration of shorter trainings is not printed


class TrainingProgress:
    """A bar that moves with every graph call, and an estimate of the duration."""

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._bar = progress_bar(total=epochs, unit="epoch")
        self._calls: list[tuple[float, float]] = []  # epochs so far, and when
        self._resumed_at = 0.0  # epochs that an earlier process trained

    def on_steps(self, share: float) -> None:
        """Move by a share of an epoch; after some calls, print the expected duration if it is long."""
        self._bar.update(share)
        if share * MEASURED > 1 or len(self._calls) == MEASURED:
            return
        done = self._calls[-1][0] if self._calls else self._resumed_at
        self._calls.append((done + share, time.monotonic()))
        if len(self._calls) == MEASURED:
            (first, started), *_, (last, now) = self._calls
            seconds = (now - started) / (last - first) * (self._epochs - last)
            if seconds > ANNOUNCED:
                self._bar.write(f"train: about {seconds / 60:.0f} minutes at this speed")

    def on_epoch(self, metrics: EpochMetrics) -> None:
        """Show the metrics of a finished epoch."""
        if not self._calls:
            self._resumed_at = metrics["epoch"]
        self._bar.n = metrics["epoch"]
        self._bar.set_postfix(metrics)

    def close(self) -> None:
        """Close the bar; it stays on the terminal."""
        self._bar.close()


def encoding_progress(results: Iterable[np.ndarray], total: int) -> Iterator[np.ndarray]:
    """Yield the ``total`` results and show a bar; print the expected duration if it is long."""
    start, announced = time.monotonic(), False
    with progress_bar(total=total, desc="encoding texts", unit="batch") as bar:
        for done, result in enumerate(results, 1):
            yield result
            bar.update()
            seconds = time.monotonic() - start
            if seconds > MEASURED_SECONDS and not announced:
                announced = True
                if seconds * total / done > ANNOUNCED:
                    minutes = seconds * (total / done - 1) / 60
                    bar.write(f"train: about {minutes:.0f} minutes to encode all texts, once")
