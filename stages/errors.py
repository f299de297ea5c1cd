"""The one exception that stages raise for what a user can mend."""

import difflib
from collections.abc import Iterable


class StageError(Exception):
    """What went wrong, where, what was expected and what to do: a sentence for the user."""


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return " (did you mean 'text'?)" for the known word nearest to ``word``, or nothing."""
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(str(word).casefold(), by_folded, n=1)
    return f" (did you mean {by_folded[close[0]]!r}?)" if close else ""
