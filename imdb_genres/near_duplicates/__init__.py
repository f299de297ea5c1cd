"""Films that the split must not part."""
