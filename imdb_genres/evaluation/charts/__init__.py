"""Vega-Lite charts of the metrics."""
