"""Reads and writes files: atomically, and to the same bytes for the same content."""
