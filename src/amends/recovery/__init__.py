"""Putting it right: recoveries, their issues and findings, briefs, calls, remedies, and what is learned."""
