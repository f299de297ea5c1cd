"""Named experiments: experiments.yaml, run through DVC's queue and tabulated."""
