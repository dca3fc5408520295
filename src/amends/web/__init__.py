"""Screens: each view translates a request, makes one call inward, and translates the answer back."""
