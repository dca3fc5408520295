"""Reads of boundaries."""
