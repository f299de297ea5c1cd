"""Resumable, checked downloads."""
