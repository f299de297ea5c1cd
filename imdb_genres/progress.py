"""Progress bars: on a terminal only."""

import shutil
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm


def bar_options() -> dict[str, Any]:
    """Return tqdm's options for bars: hidden if stderr is not a terminal.

    A terminal of unknown size, as under ``script``, gets 80 columns; tqdm would draw nothing.
    """
    size = shutil.get_terminal_size()
    return {"disable": None, "ncols": size.columns, "nrows": size.lines}


def progress_bar(steps: Iterable[int] | None = None, **options: Any) -> "tqdm[int]":
    """Return tqdm's bar over ``steps``, or one that is updated by hand."""
    return tqdm(steps or (), **bar_options(), **options)
