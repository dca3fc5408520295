"""Writes of recoveries."""
