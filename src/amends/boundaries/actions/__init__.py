"""Writes of boundaries: each change of a state is one conditional UPDATE."""
