"""What the stages cost, measured beside what others use for the same work."""
