"""The titles of IMDb's lists: the key that joins them, and what it says of a film."""

import re
from typing import NamedTuple

# a name of any length would be sought in quadratic time: a block may be one line of a megabyte
TITLE = re.compile(
    r"(?P<name>.{1,1000}) \((?P<year>\d{4}|\?{4})(?:/[IVXLCDM]+)?\)"  # the last year counts: She Is (Not)
    r"(?: \((?P<form>TV|V|VG|mini)\))?"
    r"(?P<episode> \{(?!\{).*\})?"
    r"(?P<suspended> \{\{SUSPENDED\}\})?"
)
SUSPENDED = " {{SUSPENDED}}"
KINDS = {"TV": "tv-movie", "V": "video", "VG": "video-game"}


class Title(NamedTuple):
    """A title line; ``key`` is the line without its mark of suspension."""

    key: str
    name: str
    year: int | None
    kind: str
    series: str | None  # the key of an episode's series
    suspended: bool


def parse_title(line: str) -> Title | None:
    """Return what a title line says; None if it has no year in parentheses, as every title has."""
    found = TITLE.fullmatch(line)
    if not found:
        return None
    name, year, form, episode, suspended = found.groups()
    kind = KINDS.get(form, "film")
    if name.startswith('"'):
        kind = "episode" if episode else "series"
    return Title(
        line[: found.start("suspended")] if suspended else line,
        name.strip('"'),
        None if year == "????" else int(year),
        kind,
        line[: found.start("episode")] if kind == "episode" else None,
        suspended is not None,
    )
