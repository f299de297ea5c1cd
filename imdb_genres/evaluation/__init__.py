"""What a method is worth: scores, how sure they are, and how they are shown."""
