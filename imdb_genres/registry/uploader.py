"""The process that uploads this project's journals: ``python -m imdb_genres.registry.uploader``."""

import gc

from imdb_genres.registry.tracker import CONFIG
from imdb_genres.tracking.spawn import run_uploader

if __name__ == "__main__":
    gc.set_threshold(100_000)  # a fifth of MLflow's import is garbage collection, as in stages
    run_uploader(CONFIG)
