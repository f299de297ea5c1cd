"""Measures what the stages cost, compared with what others use for the same work."""

import gc

PYTHONS_THRESHOLDS = gc.get_threshold()  # before `stages` sets its own: peers run as without it
