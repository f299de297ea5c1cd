"""When this process started: `imdb_genres.startup` imports this before anything slow."""

import time

STARTED = time.time()
