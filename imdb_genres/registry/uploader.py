"""The process that uploads this project's journals: ``python -m imdb_genres.registry.uploader``."""

from imdb_genres.registry.tracker import CONFIG
from imdb_genres.tracking.spawn import run_uploader

if __name__ == "__main__":
    run_uploader(CONFIG)
