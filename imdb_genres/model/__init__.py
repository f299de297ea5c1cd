"""A trained model: its folder and its calibration. Imports no TensorFlow."""
