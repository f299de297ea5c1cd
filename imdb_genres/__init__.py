"""The library behind the pipeline's stages and the command `imdb-genres`.

Importing it changes nothing in the process; `imdb_genres.startup` does, for entry points.
"""

__version__ = "0.1.0"
