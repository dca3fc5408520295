"""Other people's words on a terminal, and how many there are of something."""

from __future__ import annotations


def shown(text: str) -> str:
    """On one line, without what would steer the terminal: mail may hold escape sequences."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 message", "1,200 messages"; `many` where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
