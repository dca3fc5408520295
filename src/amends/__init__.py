"""Amends: notices when a client relationship goes off the rails, and helps put it right."""

__version__ = "0.1.0"
