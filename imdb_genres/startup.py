"""What a film's description says about its genre: the pipeline's stages and what they share."""

import atexit
import gc
import os
import time

STARTED = time.time()  # of the process, a few hundredths of a second late

# imports make a million objects that stay: to look for rings among them again and again takes a
# fifth of a stage's time; at the end, when all goes anyway, it is not looked for any more
gc.set_threshold(100_000)
atexit.register(gc.freeze)

# NumPy's threads wait for work by turning in circles, a tenth of a second of CPU each time it is
# imported; 2^4 turns do, then they sleep
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")

# to look for plugins, pydantic reads the metadata of every installed package, a sixth of the time in
# which a stage checks its params
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
