"""Readiness gates, and the lists that gates and clearances start from, as pages."""
