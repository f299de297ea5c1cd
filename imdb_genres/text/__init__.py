"""Raw text -> word indexes: the one path, for training and for serving."""
