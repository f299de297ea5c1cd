"""The leaderboard as text and as Markdown."""

import pandas as pd


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
    """Return the table as lines, cut to ``width`` characters if it is given."""
    cells = to_cells(table)
    lines = [cells.columns.to_list(), *cells.to_numpy().tolist()]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rows = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
    return "\n".join(
        row if width is None or len(row) <= width else f"{row[: width - 3]}..." for row in rows
    )


def to_markdown(table: pd.DataFrame) -> str:
    """Return the table in Markdown; a ``|`` in a cell is escaped."""
    cells = to_cells(table)
    lines = [cells.columns.to_list(), ["---"] * len(cells.columns), *cells.to_numpy().tolist()]
    escaped = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in escaped)
