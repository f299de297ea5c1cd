"""What a film's description says about its genre: the pipeline's stages and what they share."""
