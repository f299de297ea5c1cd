"""The stages of dvc.yaml, one script each, over the library imdb_genres."""

import sys

import imdb_genres.startup  # noqa: F401  (process settings, for entry points only)

# until 1.0: where the commands went that used to be run as `python -m stages.NAME`
for name in "predict", "compare", "demo", "ui", "sync", "recover", "verify", "experiments":
    if f"stages.{name}" in sys.orig_argv:
        sys.exit(f"`python -m stages.{name}` is now `imdb-genres {name}`")
