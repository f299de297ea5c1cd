"""The titles of IMDb's lists: the key that joins them, and what it says of a film."""

import re
from typing import NamedTuple

# a name of any length would be sought in quadratic time: a block may be one line of a megabyte
TITLE_PATTERN = re.compile(
    r"(?P<name>.{1,1000}) \((?P<year>\d{4}|\?{4})(?:/[IVXLCDM]+)?\)"  # the last year counts: She Is (Not)
    r"(?: \((?P<form>TV|V|VG|mini)\))?"
    r"(?P<episode> \{.*\})?"
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
