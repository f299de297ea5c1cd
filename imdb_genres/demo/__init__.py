"""A local page to try models on: ``make demo``."""
