"""Architectures: Keras layers to train, NumPy to predict."""
