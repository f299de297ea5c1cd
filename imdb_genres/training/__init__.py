"""How a network learns: from rows and targets to weights. TensorFlow is imported here and in architectures alone."""
