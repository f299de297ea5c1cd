"""Network families: Keras layers to train, NumPy to predict."""
