"""Measures what the stages cost, compared with what others use for the same work."""
