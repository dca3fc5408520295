"""Drills: difficult conversations to practise, and how they went."""
