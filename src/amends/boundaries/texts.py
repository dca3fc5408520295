"""What people type, made plain and kept within bounds. Pure."""

from __future__ import annotations

import re

from amends.boundaries.refused import Refused

_BLANK = re.compile(r"\n{3,}")
_EMAIL = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\"]+")


def line(value: str, *, most: int, what: str, needed: str = "") -> str:
    """One line. Raises `Refused` where it is too long, or empty and `needed` (which says what to write)."""
    plain = " ".join(value.replace("\0", "").split())
    if len(plain) > most:
        raise Refused(f"{what} is longer than {most} characters: say it shorter.")
    if needed and not any(char.isalnum() for char in plain):
        raise Refused(needed)
    return plain


def text(value: str, *, most: int, what: str, needed: str = "") -> str:
    """Several lines, as `line`."""
    plain = _BLANK.sub("\n\n", value.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(plain) > most:
        raise Refused(f"{what} is longer than {most:,} characters: say it shorter.")
    if needed and not any(char.isalnum() for char in plain):
        raise Refused(needed)
    return plain


def email(value: str) -> str:
    """An e-mail address, or nothing. Raises `Refused`."""
    plain = line(value, most=320, what="The address").lower()
    if plain and not _EMAIL.fullmatch(plain):
        raise Refused("That is no e-mail address: write it as name@example.org, or leave it empty.")
    return plain
