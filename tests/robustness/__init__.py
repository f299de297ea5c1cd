"""Programs that try to break the pipeline: corrupt lists, killed trainings, many experiments at once."""
