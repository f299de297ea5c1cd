"""A local page to try models on: `imdb-genres demo`."""
