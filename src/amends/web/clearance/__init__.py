"""Clearance before publication, as pages."""
