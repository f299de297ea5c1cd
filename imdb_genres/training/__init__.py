"""Training: batches, losses, optimizers, early stopping, checkpoints. TensorFlow is imported only here and in networks."""
