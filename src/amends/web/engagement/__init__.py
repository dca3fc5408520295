"""Engagements: the list of all, one whole, and its beginning, changing, closing and opening again."""
