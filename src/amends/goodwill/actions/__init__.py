"""Writes of this part. Each change of a state is one conditional UPDATE: of two who make it at once, one does."""
