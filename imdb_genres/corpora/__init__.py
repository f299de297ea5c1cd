"""Corpora of films: one reader per source."""
