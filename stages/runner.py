"""Runs a stage: params checked first, expected errors told as one sentence, its cost kept."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Never

from stages import tracking
from stages.errors import ending_with_a_sentence
from stages.params import Params, read_params
from stages.repository.costs import keep_costs


def run(main: Callable[[Params], None]) -> None:
    """Call ``main`` with the checked params; end with status 1 and one sentence on a user's error."""
    name = Path(sys.argv[0]).stem
    signal.signal(signal.SIGTERM, stop)
    with ending_with_a_sentence(name):
        with tracking.telling_failures(name):
            main(read_params())
        keep_costs(name)


def stop(number: int, _: object) -> Never:
    """End by an exception where a signal would end at once: files and runs are closed on the way."""
    sys.exit(128 + number)
