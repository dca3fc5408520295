"""Pure decisions about what is sent: which step follows which, how long to wait, what is kept."""

from __future__ import annotations

from datetime import timedelta

STEPS: dict[str, frozenset[str]] = {
    "draft": frozenset({"queued", "dropped"}),
    "queued": frozenset({"draft", "sending", "failed", "dropped"}),
    "sending": frozenset({"sent", "queued", "failed", "unclear"}),
    "failed": frozenset({"queued", "draft", "dropped"}),
    "unclear": frozenset({"queued", "sent", "dropped"}),  # queued by a person alone
    "sent": frozenset(),
    "dropped": frozenset({"draft"}),
}
CORRESPONDENCE = frozenset({"reply", "message"})  # kept with the mail; the others are forgotten once they left
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
