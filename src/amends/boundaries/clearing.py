"""What may become of a check before something goes public: pure decisions.

Anyone who acts may look at a check and stop it; skipping one is for those who answer for clients; and a stop is lifted
by whoever put it there, or by a partner.
"""

from __future__ import annotations

from amends.firm.rules import Right, may

OPEN, CLEAR, NOT_NEEDED, STOPPED = "open", "clear", "not_needed", "stopped"
DONE = frozenset({CLEAR, NOT_NEEDED})


def refusal(role: str, *, before: str, after: str, own_stop: bool) -> str:
    """Why somebody of this role may not bring a check from one state to another, as a sentence; "" where they may."""
    if after == NOT_NEEDED and not may(role, Right.CURATE):
        return "Account managers, partners and administrators say that a check is not needed: ask one of yours."
    if before == STOPPED and after != STOPPED and not own_stop and not may(role, Right.DECIDE):
        return "Somebody else stopped this: they lift it themselves, or a partner does."
    return ""


def incomplete(*, after: str, reason: str, evidence: int) -> str:
    """What a check needs before it may be in this state, as a sentence; "" where nothing."""
    if after == CLEAR and not evidence:
        return "Say what you looked at first: a link, a message, a document or a note. Then it is clear."
    if after == NOT_NEEDED and not reason:
        return "Say why this check is not needed here."
    if after == STOPPED and not reason:
        return "Say what stops it, so that somebody can mend it."
    return ""
