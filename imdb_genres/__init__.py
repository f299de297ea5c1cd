"""The library behind the pipeline's stages and the command `imdb-genres`; its API is in ``api``.

Importing it changes nothing in the process; `imdb_genres.startup` does, for entry points.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imdb_genres.api import (
        Predictor,
        compare_runs,
        list_runs,
        read_history,
        read_predictions,
        read_scores,
    )

__version__ = "0.1.0"
__all__ = [
    "Predictor",
    "compare_runs",
    "list_runs",
    "read_history",
    "read_predictions",
    "read_scores",
]


def __getattr__(name: str) -> object:
    """Import the API when it is first used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from imdb_genres import api

    return getattr(api, name)
