"""Hyper-parameter search on validation films, on one machine or a Ray cluster."""
