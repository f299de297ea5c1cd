"""Process settings that make a stage faster; imported by entry points only, before anything else.

`python -m benchmarks.ablations` measures what each one saves.
"""

import atexit
import gc
import io
import os
import sys

import imdb_genres.dvc_repo.clock  # noqa: F401  (the process starts here)

# Imports create a million objects that stay; the cyclic garbage collector would rescan them. At
# exit everything is freed anyway, so nothing is scanned any more.
gc.set_threshold(100_000)
atexit.register(gc.freeze)

# OpenBLAS worker threads busy-wait for 2^28 cycles before they sleep; 2^4 save a tenth of a CPU
# second at each import of NumPy.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")

# A terminal of another encoding shows "?" for what it cannot display; without this, printing a
# genre or a title there would end the stage.
for stream in (sys.stdout, sys.stderr):
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
