"""Predicting the genres of any text, and explaining predictions."""
