"""What the stages cost, measured beside what others use for the same work."""

import gc

PYTHONS_THRESHOLDS = gc.get_threshold()  # before `stages` sets its own: peers run as without it
