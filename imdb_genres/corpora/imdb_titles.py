"""Parses the title lines of IMDb's lists, which join them."""

import re
from typing import NamedTuple

# the name's length is bounded: on a line of a megabyte an unbounded one takes quadratic time
TITLE_PATTERN = re.compile(
    r"(?P<name>.{1,1000}) \((?P<year>\d{4}|\?{4})(?:/[IVXLCDM]+)?\)"  # greedy: the last year counts
    r"(?: \((?P<form>TV|V|VG|mini)\))?"
    r"(?P<episode> \{.*\})?"
)
SUSPENDED = " {{SUSPENDED}}"
KINDS = {"TV": "tv-movie", "V": "video", "VG": "video-game"}


class Title(NamedTuple):
    """A parsed title line; ``key`` is the line without the suspension mark."""

    key: str
    name: str
    year: int | None
    kind: str
    series: str | None  # the key of an episode's series
    suspended: bool


def parse_title(line: str) -> Title | None:
    """Parse a title line; return None if it has no year in parentheses."""
    key = line.removesuffix(SUSPENDED)
    match = TITLE_PATTERN.fullmatch(key)
    if not match:
        return None
    name, year, form, episode = match.groups()
    kind, series = KINDS.get(form, "film"), None
    if len(name) > 2 and name[0] == name[-1] == '"':  # a film's name may quote a word
        name = name[1:-1]
        kind = "episode" if episode else "series"
        series = key[: match.start("episode")] if episode else None
    return Title(key, name, None if year == "????" else int(year), kind, series, key != line)
