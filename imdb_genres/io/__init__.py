"""Reading and writing files: whole or not at all, and to the same bytes."""
