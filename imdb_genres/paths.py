"""Paths that stages read and write, relative to the repository's root."""

from pathlib import Path

DATA = Path("data")
METRICS = Path("metrics")
MODEL = Path("model")
