"""Writes of the outbox."""
