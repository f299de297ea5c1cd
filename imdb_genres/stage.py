"""Runs a stage: params and inputs checked first, expected errors told in a sentence, its cost kept."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Never

from imdb_genres.dvc_repo.pipeline import check_inputs, check_readable
from imdb_genres.dvc_repo.resource_usage import save_usage
from imdb_genres.errors import UserError, exit_on_user_error
from imdb_genres.params.schema import Params, read_params


def run(main: Callable[[Params], object], pandas: bool = True) -> None:
    """Call ``main`` with the checked params; end with status 1 and one sentence on a user's error.

    Without ``pandas``, Arrow does not import it either: it would at the first array, to see whether
    that is a series, and a small stage would last half as long again.
    """
    name = Path(sys.argv[0]).stem
    signal.signal(signal.SIGTERM, stop)
    with exit_on_user_error(name):
        try:
            params = read_params()
            check_inputs(name)
            with nullcontext() if pandas else _without_pandas():
                _call(main, params, name)
        except BaseException as error:
            from imdb_genres import tracking  # most stages need none of it

            tracking.record_failed_stage(name, error)
            raise
        save_usage(name)


class _NoPandas:
    """A finder that lets the import of pandas fail as if it were not installed."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("this stage does without pandas")


@contextmanager
def _without_pandas() -> Iterator[None]:
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def _call(main: Callable[[Params], object], params: Params, name: str) -> None:
    """Call ``main``; where it stumbles over a damaged input, raise the sentence that says so."""
    try:
        main(params)
    except UserError:
        raise
    except Exception:
        check_readable(name)  # where all inputs are whole, the error is ours
        raise


def stop(number: int, _: object) -> Never:
    """End by an exception where a signal would end at once: files and runs are closed on the way."""
    sys.exit(128 + number)
