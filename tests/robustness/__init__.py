"""Programs that try to break the pipeline: damaged lists, killed trainings, many experiments at once."""
