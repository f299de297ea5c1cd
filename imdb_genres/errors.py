"""Errors that the user can fix, and the one way in which programs report them."""

import difflib
import errno
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

DISK_ERRORS = {
    errno.ENOSPC: "no space left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
}


class UserError(Exception):
    """An error that the user can fix: what was wrong, where, what was expected and what to do."""


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return " (did you mean 'text'?)" for the known word nearest to ``word``, or nothing."""
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(str(word).casefold(), by_folded, n=1)
    return f" (did you mean {by_folded[close[0]]!r}?)" if close else ""


def root_cause(error: BaseException) -> BaseException:
    """Return the innermost error behind ``error``: libraries wrap a refused connection four times.

    A UserError says what is wrong already.
    """
    while not isinstance(error, UserError):
        inner = error.__cause__ or error.__context__
        if not isinstance(inner, Exception):
            break
        error = inner
    return error


def disk_error(error: BaseException) -> str:
    """Return a message if ``error``, or one that it was raised from, is a full or read-only disk.

    Empty for every other error.
    """
    chain: BaseException | None = error
    while chain is not None:
        reason = DISK_ERRORS.get(getattr(chain, "errno", None) or 0)
        if not reason and "No space left on device" in str(chain):
            reason = DISK_ERRORS[errno.ENOSPC]  # HDF5 and Arrow keep the message, not the number
        if reason:
            file = f" ({name})" if (name := getattr(chain, "filename", None)) else ""
            return f"{reason}{file}: free some space, then run the same command again"
        chain = chain.__cause__ or chain.__context__
    return ""


def shorten(names: Iterable[object], limit: int = 10, width: int = 40) -> str:
    """Return names as "a, b, c and 7 more", so that messages stay short."""
    texts = [str(name) for name in names]
    shown = [text if len(text) <= width else f"{text[: width - 3]}..." for text in texts[:limit]]
    more = f" and {len(texts) - limit:,} more" if len(texts) > limit else ""
    return ", ".join(shown) + more


def user_message(error: Exception) -> str:
    """Return the message of a UserError or of a full disk; empty for every other error."""
    return str(error) if isinstance(error, UserError) else disk_error(error)


@contextmanager
def exit_on_user_error(name: str) -> Iterator[None]:
    """Exit with status 1 and one line on a UserError or a full disk, with 130 on Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except Exception as error:
        if not (message := user_message(error)):
            raise
        sys.exit(f"{name}: {message}")
