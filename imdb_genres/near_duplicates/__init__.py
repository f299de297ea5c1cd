"""Films that belong in one fold: the same film twice, or nearly the same description."""
