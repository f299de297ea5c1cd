"""Splits a cell of a table into genre names, in any of the formats in which tools write lists.

A cell is a list (Parquet, JSON) or text: JSON, a Python literal, NumPy's repr, a PostgreSQL array,
or names between separators. Nulls and NaN are left out.
"""

import ast
import json
import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from reprlib import repr as brief

from imdb_genres.corpora.genre_names import is_placeholder

SEPARATORS = ",|;"  # the first wins where a table uses two equally often
QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
NULLS = {"None", "nan", "NaN", "NaT", "null", "NULL", "<NA>"}
BARE = r"""[^\s,"'()\[\]{}](?:[^,"'()\[\]{}]*[^\s,"'()\[\]{}])?"""
QUOTED_PATTERN = re.compile(QUOTED, re.DOTALL)
CALL_PATTERN = re.compile(
    r"(?:np\.)?(?:array|list|tuple|set|frozenset)\((.*?)(?:,\s*dtype=\S+)?\)", re.DOTALL
)
ITEM_PATTERN = re.compile(rf"{QUOTED}|{BARE}", re.DOTALL)
NUMPY_PATTERN = re.compile(rf"\[\s*(?:(?:{QUOTED}|{'|'.join(NULLS)})\s*)*\]", re.DOTALL)
BARE_PATTERN = re.compile(
    rf"\[\s*(?:{BARE})(?:\s*,\s*(?:{BARE}))*\s*\]"  # Java, YAML: [Drama, War]
    rf"|\{{\s*(?:(?:{QUOTED}|{BARE})(?:\s*,\s*(?:{QUOTED}|{BARE}))*)?\s*\}}",  # PostgreSQL
    re.DOTALL,
)


def split_genres(cell: object, separator: str, name_key: str = "name") -> list[str]:
    """Return the names in ``cell``, in order; raise ValueError if it holds anything else.

    ``name_key`` is the key of the name in objects such as ``[{"id": 28, "name": "Action"}]``.
    """
    if is_null(cell):
        return []
    items: Sequence[object]
    if isinstance(cell, str):
        items = _split_text(cell, separator)
    else:
        items = cell if isinstance(cell, list | tuple) else [cell]
    names = [_to_name(item, name_key) for item in items if not is_null(item)]
    return [name for name in names if name]


def is_null(value: object) -> bool:
    """Return whether ``value`` is null or NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def guess_separator(cells: Iterable[object]) -> str:
    """Return the separator that most of the plain ``cells`` hold; a comma if none holds any."""
    counts = dict.fromkeys(SEPARATORS, 0)
    for cell in cells:
        if isinstance(cell, str) and not cell.lstrip().startswith(("[", "{", "(")):
            for separator in SEPARATORS:
                counts[separator] += separator in cell
    return max(counts, key=counts.__getitem__)


@lru_cache(1000)  # most films share their genres with others
def _split_text(text: str, separator: str) -> Sequence[object]:
    items = parse_list(text)
    if items is None:
        return [_unquote(name.strip()) for name in text.split(separator)]
    return items


def parse_list(text: str) -> list[object] | None:
    """Return the items if ``text`` is a list in any notation, None for plain text.

    Raise ValueError for text that starts like a list but is not one.
    """
    text = text.strip()
    if call := CALL_PATTERN.fullmatch(text):
        text = call[1].strip() or "[]"
    if not text or text[0] not in "[{('\"" or is_placeholder(text):
        return None
    if text[0] in "'\"":  # "Drama", "War"; or a list that was encoded twice
        items = _parse_bracketed(f"[{text}]")
        match items:
            case [str(inner)] if inner != text:
                return parse_list(inner)
        return items
    items = _parse_bracketed(text)
    if items is None and (text[0] in "[{" or re.match(r"\(\s*['\"]", text)):
        raise ValueError(f"{brief(text)} starts like a list of genres, but is not one")
    return items


def _parse_bracketed(text: str) -> list[object] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        pass
    else:
        if isinstance(value, list):
            return value
        return [value] if value else []
    if NUMPY_PATTERN.fullmatch(text):  # before Python, which joins 'Drama' 'War'
        return _find_items(text)
    items = _parse_literal(text)
    return _find_items(text) if items is None and BARE_PATTERN.fullmatch(text) else items


def _find_items(text: str) -> list[object]:
    return [_unquote(item) for item in ITEM_PATTERN.findall(text)]


def _parse_literal(text: str) -> list[object] | None:
    """Return the items of a Python literal; None if it is not one, or joins adjacent strings."""
    if re.search(r"\0\s*\0", QUOTED_PATTERN.sub("\0", text)):
        return None
    try:
        value = ast.literal_eval(_OrderedNulls().visit(ast.parse(text, mode="eval")))
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return None
    return list(value) if isinstance(value, list | tuple) else [value]


class _OrderedNulls(ast.NodeTransformer):
    """Reads nan and null as None, and a set as a list, which has an order."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(None) if node.id in NULLS else node

    def visit_Set(self, node: ast.Set) -> ast.expr:
        return ast.List([self.visit(item) for item in node.elts], ast.Load())


def _unquote(item: str) -> str | None:
    if not QUOTED_PATTERN.fullmatch(item):
        return None if item in NULLS else item
    return re.sub(r"\\(.)", r"\1", item[1:-1], flags=re.DOTALL)


def _to_name(item: object, name_key: str) -> str:
    if isinstance(item, dict):
        if name_key not in item:
            raise ValueError(
                f"a genre is {brief(item)}, which has no key {name_key!r} (parse.table.name_key)"
            )
        item = item[name_key]
    if is_null(item):
        return ""
    if not isinstance(item, str):
        raise ValueError(f"a genre is {brief(item)}, expected a name")
    return item.strip()
