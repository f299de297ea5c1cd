"""A trained model: its folder, and calibrated predictions. No TensorFlow here."""
