"""Gestures, results and guarantees as pages."""
