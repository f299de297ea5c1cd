"""Run a stage: check params and inputs, report user errors in one line, record resource usage."""

import signal
import sys
from collections.abc import Callable
from typing import Never

from imdb_genres.dvc_repo.pipeline import check_inputs, check_readable
from imdb_genres.dvc_repo.resource_usage import save_usage
from imdb_genres.errors import UserError, disk_error, exit_on_user_error
from imdb_genres.params.schema import Params, read_params


def run_stage(main: Callable[[Params], object], name: str) -> None:
    """Call ``main`` with the checked params; on a UserError print one line and exit with status 1.

    ``name`` is the stage's name in dvc.yaml.
    """
    signal.signal(signal.SIGTERM, exit_on_signal)
    with exit_on_user_error(name):
        try:
            params = read_params()
            check_inputs(name)
            _call(main, params, name)
            save_usage(name)
        except BaseException as error:
            from imdb_genres.registry.tracker import TRACKER  # most stages need none of it

            TRACKER.record_failed_stage(name, error)
            raise


def _call(main: Callable[[Params], object], params: Params, name: str) -> None:
    """Call ``main``; if an input is corrupt, report that instead of a traceback."""
    try:
        main(params)
    except UserError:
        raise
    except Exception as error:
        if message := disk_error(error):
            raise UserError(message) from error
        check_readable(name)  # if every input can be read, the error is a bug: keep its traceback
        raise


def exit_on_signal(number: int, _: object) -> Never:
    """Turn SIGTERM into SystemExit so that files and runs are closed."""
    sys.exit(128 + number)
