"""Runs a stage: params and inputs checked first, expected errors told in a sentence, its cost kept."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Never

from stages import tracking
from stages.errors import StageError, ending_with_a_sentence
from stages.params import Params, read_params
from stages.repository.costs import keep_costs
from stages.repository.pipeline import check_inputs, check_readable


def run(main: Callable[[Params], object]) -> None:
    """Call ``main`` with the checked params; end with status 1 and one sentence on a user's error."""
    name = Path(sys.argv[0]).stem
    signal.signal(signal.SIGTERM, stop)
    with ending_with_a_sentence(name):
        with tracking.telling_failures(name):
            params = read_params()
            check_inputs(name)
            try:
                main(params)
            except StageError:
                raise
            except Exception:
                check_readable(name)  # where all inputs are whole, the error is ours
                raise
        keep_costs(name)


def stop(number: int, _: object) -> Never:
    """End by an exception where a signal would end at once: files and runs are closed on the way."""
    sys.exit(128 + number)
