"""Writes of the clients part."""
