"""The command `imdb-genres`."""
