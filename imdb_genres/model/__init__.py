"""A trained model: what its folder holds, and how it answers. No TensorFlow here."""
