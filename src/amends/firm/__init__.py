"""Firms and their members: the tenant, who works there, what they may see."""
