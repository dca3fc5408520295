"""Writes of the mail part."""
