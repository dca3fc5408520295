"""Promises: the week, what is to be confirmed, what we wait for."""
