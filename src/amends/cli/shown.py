"""Other people's words on a terminal."""

from __future__ import annotations


def shown(text: str) -> str:
    """On one line, without what would steer the terminal: mail may hold escape sequences."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())
