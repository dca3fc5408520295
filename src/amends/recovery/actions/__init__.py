"""Writes of recoveries: the work itself, its issues, its findings and what they rest on."""
