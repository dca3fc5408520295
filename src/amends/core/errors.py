"""What every expected failure of Amends has in common."""

from __future__ import annotations


class AmendsError(Exception):
    """An expected failure. Its text is one sentence for a person and says how to mend it.

    `retry` says whether trying again, with nothing changed, can help.
    """

    retry = False
