"""What a film's description says about its genre: the library behind the pipeline's stages.

Importing it changes nothing in the process; `imdb_genres.startup` does, for the stages.
"""
