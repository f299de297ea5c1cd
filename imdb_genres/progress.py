"""Progress bars: on a terminal only."""

import shutil
from typing import Any, Never

from tqdm import tqdm


def bar_options() -> dict[str, Any]:
    """Return tqdm's options for bars: hidden if stderr is not a terminal.

    A terminal of unknown size, as under ``script``, gets 80 columns; tqdm would draw nothing.
    """
    size = shutil.get_terminal_size()
    return {"disable": None, "ncols": size.columns, "nrows": size.lines}


def progress_bar(**options: Any) -> "tqdm[Never]":
    """Return tqdm's bar, to be updated by hand."""
    return tqdm(**bar_options(), **options)
