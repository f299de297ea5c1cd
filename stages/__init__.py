"""The stages of dvc.yaml, one script each, over the library imdb_genres."""

import imdb_genres.startup  # noqa: F401  (settings of the process, for stages only)
