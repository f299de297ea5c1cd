"""The one exception that stages raise for what a user can mend."""

import difflib
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class UserError(Exception):
    """What went wrong, where, what was expected and what to do: a sentence for the user."""


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return " (did you mean 'text'?)" for the known word nearest to ``word``, or nothing."""
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(str(word).casefold(), by_folded, n=1)
    return f" (did you mean {by_folded[close[0]]!r}?)" if close else ""


@contextmanager
def exit_on_user_error(name: str) -> Iterator[None]:
    """End the program ``name`` with status 1 and one sentence on a UserError, quietly on Ctrl-C."""
    try:
        yield
    except UserError as error:
        sys.exit(f"{name}: {error}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
