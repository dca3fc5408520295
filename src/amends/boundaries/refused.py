"""Why something of a gate or a clearance was not done, as a sentence for whoever asked."""

from __future__ import annotations

from amends.core.errors import AmendsError


class Refused(AmendsError):
    """It cannot be as it was given; the text says how to mend it, and nothing changed."""


class NotYours(AmendsError):
    """This member may not decide it; the text says who may."""


class Stale(AmendsError):
    """Somebody else changed it after it was read."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text or "Somebody else changed this meanwhile: look at how it stands now, then try again.")
