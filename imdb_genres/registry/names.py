"""Names for modules that cannot import the tracker's configuration, which imports them."""

SYNC_COMMAND = "imdb-genres sync"
