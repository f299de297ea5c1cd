"""The leaderboard as text and as Markdown."""

import pandas as pd

NOTE_WIDTH = 110  # characters; --csv has all


def to_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table as strings, with one column for the interval and one for the test."""

    def format_column(name: str, spec: str) -> list[str]:
        return ["" if pd.isna(value) else format(value, spec) for value in table[name]]

    bounds = zip(format_column("low", ".3f"), format_column("high", ".3f"), strict=True)
    tests = zip(
        table["verdict"],
        format_column("difference", "+.3f"),
        format_column("p", ".2g"),
        strict=True,
    )
    return pd.DataFrame(
        {
            "name": table["name"],
            "score": format_column("score", ".3f"),
            "95 % interval": [f"{low}-{high}" if low else "" for low, high in bounds],
            "against the best": [
                f"{verdict} ({difference}, p = {p})" if difference else verdict
                for verdict, difference, p in tests
            ],
            "train s": format_column("seconds", ".0f"),
            "changed": table["changed"],
        }
    )


def to_text(table: pd.DataFrame, width: int | None = None) -> str:
    """Return the table as lines, each group but the first under its note.

    With a ``width`` in characters, as on a terminal, lines are cut to it, and names to a quarter of it.
    """
    cells = to_cells(table)
    if width is not None:
        cells["name"] = [_cut(name, width // 4) for name in cells["name"]]
    rows = [cells.columns.to_list(), *cells.to_numpy().tolist()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    header, *texts = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    lines = [header]
    for note, positions in _groups(table):
        lines += ["", f"{note}:"] if note else []
        lines += [texts[position] for position in positions]
    return "\n".join(line if width is None else _cut(line, width) for line in lines)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."


def to_markdown(table: pd.DataFrame) -> str:
    """Return a Markdown table per group, each but the first under its note."""
    cells = to_cells(table)
    return "\n\n".join(
        (f"{note}:\n\n" if note else "") + _markdown_table(cells.iloc[positions])
        for note, positions in _groups(table) or [("", [])]
    )


def _markdown_table(cells: pd.DataFrame) -> str:
    """Return one table in Markdown; a ``|`` in a cell is escaped."""
    lines = [cells.columns.to_list(), ["---"] * len(cells.columns), *cells.to_numpy().tolist()]
    escaped = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in escaped)


def _groups(table: pd.DataFrame) -> list[tuple[str, list[int]]]:
    """Return the note of each group, shortened, and the positions of its rows."""
    groups = table.reset_index(drop=True).groupby("group")
    return [
        (_cut(rows["group_note"].iloc[0], NOTE_WIDTH), rows.index.to_list()) for _, rows in groups
    ]
