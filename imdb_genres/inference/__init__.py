"""The genres of any text, on the command line."""
