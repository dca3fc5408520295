"""What may become of a gesture and of a claim, what a public word comes to, and when a cause is no accident. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

GESTURE_STEPS: Mapping[str, frozenset[str]] = {
    "planned": frozenset({"done", "dropped"}),
    "done": frozenset({"planned"}),
    "dropped": frozenset({"planned"}),
}
CLAIM_STEPS: Mapping[str, frozenset[str]] = {
    "open": frozenset({"honoured", "refused", "withdrawn"}),
    "honoured": frozenset({"made_good", "open"}),
    "made_good": frozenset({"honoured"}),
    "refused": frozenset({"open"}),
    "withdrawn": frozenset({"open"}),
}
"""From which state one may go where; a step back is what an undo does."""

GOOD_STARS = Decimal(4)
"""So many stars, or more, speak well of the firm; between these and the low ones a review says neither."""
MANY, SHARE = 3, 0.5
"""So many claims with one cause, and so large a part of those whose cause is known, are a warning: the boots that came
back were 90 of 100."""


def is_complaint(stars: Decimal | None, said: bool | None, *, low: int) -> bool:
    """Is a review a public complaint: as a person said, else by its stars."""
    return said if said is not None else stars is not None and stars <= low


def is_praise(stars: Decimal | None, said: bool | None) -> bool:
    """Does a review speak well of the firm: by its stars, where nobody says that it complains."""
    return not said and stars is not None and stars >= GOOD_STARS


def shares_a_cause(of_this_cause: int, of_known_cause: int) -> bool:
    """Are so many claims of one cause no accident any more."""
    return of_this_cause >= MANY and of_this_cause >= SHARE * of_known_cause
