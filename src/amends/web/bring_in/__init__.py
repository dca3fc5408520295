"""Bringing mail in, and what became of it."""
