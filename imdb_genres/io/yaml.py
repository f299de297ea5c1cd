"""Reads YAML as DVC does: 1e-5 is a number, yes is a string."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from imdb_genres.errors import UserError


def read_yaml(path: Path) -> Any:
    """Return a file's content; raise UserError if it is missing or not YAML."""
    try:
        return parse_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path} is missing: run this from the repository's root") from None
    except (YAMLError, UnicodeDecodeError) as error:
        reason = str(error).partition("\n\nTo suppress")[0]
        raise UserError(f"{path} is not readable YAML: {' '.join(reason.split())}") from None


def parse_yaml(text: str | bytes) -> Any:
    """Return the content of ``text``; raise YAMLError if it is not YAML."""
    return YAML(typ="safe").load(text)
