"""Runs a stage: params checked first, expected errors told as one sentence."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path

from stages.errors import StageError
from stages.params import Params, read_params


def run(main: Callable[[Params], None]) -> None:
    """Call ``main`` with the checked params; end with status 1 and one sentence on a user's error."""
    name = Path(sys.argv[0]).stem
    try:
        main(read_params())
    except StageError as error:
        sys.exit(f"{name}: {error}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
