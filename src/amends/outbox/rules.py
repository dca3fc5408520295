"""Pure decisions about what is sent: which step follows which, how long to wait, what is kept."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

STEPS: dict[str, frozenset[str]] = {
    "draft": frozenset({"queued", "held", "dropped"}),
    "held": frozenset({"queued", "draft", "dropped"}),  # queued by a person who may decide
    "queued": frozenset({"draft", "sending", "failed", "dropped"}),
    "sending": frozenset({"sent", "queued", "failed", "unclear"}),
    "failed": frozenset({"queued", "draft", "dropped"}),
    "unclear": frozenset({"queued", "sent", "dropped"}),  # queued by a person alone
    "sent": frozenset(),
    "dropped": frozenset({"draft"}),
}
CORRESPONDENCE = frozenset({"reply", "letter"})  # kept with the mail; the others are forgotten once they left
SECRETS = frozenset({"invitation", "reset"})  # hold a link that opens the door: sealed, and shown to nobody

GIVE_UP_AFTER = timedelta(hours=24)  # an answer that waited longer may be wrong by now: a person decides
STUCK_AFTER = timedelta(minutes=2)  # without a sign of life from whoever sends it
LATELY = timedelta(days=14)  # how long what is done stays on the page

_WAITS = (1, 2, 5, 15, 30, 60, 120)  # minutes before the next try


def may_step(before: str, after: str) -> bool:
    """Whether a draft in state `before` may go to `after`."""
    return after in STEPS.get(before, frozenset())


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many tries that came to nothing."""
    return timedelta(minutes=_WAITS[min(max(attempts, 1), len(_WAITS)) - 1])


class Offer(StrEnum):
    """What a person may do with a draft."""

    RELEASE = "release"  # what the check holds, with a reason
    TAKE_BACK = "take_back"  # to write on
    AGAIN = "again"
    MARK_SENT = "mark_sent"
    DROP = "drop"


def offers(state: str, *, purpose: str, own: bool, partly: bool, account: bool, decides: bool = False) -> list[Offer]:
    """What may be done now. `own`: by its author; `partly`: it left for some; `account`: the one it leaves by is there;
    `decides`: by somebody who may let go what the check holds.

    What has left for somebody can be neither changed nor dropped: they have it.
    """
    writable = own and purpose in CORRESPONDENCE and not partly
    given = {
        "held": [(Offer.RELEASE, decides and account), (Offer.TAKE_BACK, writable), (Offer.DROP, own or decides)],
        "queued": [(Offer.TAKE_BACK, writable), (Offer.DROP, not writable and not partly)],
        "failed": [(Offer.AGAIN, account), (Offer.TAKE_BACK, writable), (Offer.DROP, not partly)],
        "unclear": [(Offer.MARK_SENT, True), (Offer.AGAIN, account), (Offer.DROP, not partly)],
        "dropped": [(Offer.TAKE_BACK, writable)],
    }
    return [offer for offer, may in given.get(state, []) if may]
