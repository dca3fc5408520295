"""Recoveries for tests: made directly with the rows, on a conversation that came in as mail."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.letters import judged, letter

if TYPE_CHECKING:
    from amends.firm.models import Member
    from amends.recovery.models import Issue, Recovery

PETRA = "Petra Hartwell <petra@hartwell.example>"
SAID = (
    "I am furious that the third invoice has an error again.",
    "The prices on pages 4 and 5 are last year's.",
    "Nobody called me back on Tuesday, although Jonas said he would.",
)


def conversation(*, at: datetime) -> None:
    """Petra complains, with Jo in copy; we have not answered."""
    judged(
        letter("Dear Ada,\n\nplease send the plan.\n\nPetra\n", at=at - timedelta(days=3), sender=PETRA,
               subject="Spring catalogue", message_id="plan@hartwell.example"),
        letter(f"Dear Ada,\n\n{' '.join(SAID)}\n\nPetra\n", at=at - timedelta(days=2), sender=PETRA,
               cc="Jo Hartwell <jo@hartwell.example>, Ben <ben@studio.example>", subject="Re: Spring catalogue",
               message_id="angry@hartwell.example", references=["plan@hartwell.example"]),
        now=at,
    )  # fmt: skip


def recovery(*, by: Member, at: datetime, points: int = 3, **more: Any) -> Recovery:
    """A recovery on that conversation, with so many issues of it."""
    from amends.mail.models import Message
    from amends.recovery.models import Issue, Recovery, RecoveryThread

    message = Message.objects.get(message_id="angry@hartwell.example")
    house = message.thread.client
    assert house is not None
    made = Recovery.objects.create(
        client=house, title="Third invoice with an error", owner=by, opened_by=by, owned_at=at,
        began_at=message.sent_at, opened_at=at, **more,
    )  # fmt: skip
    RecoveryThread.objects.create(recovery=made, thread=message.thread)
    for number, (said, feeling) in enumerate(zip(SAID[:points], ("anger", "", "disappointment"), strict=False)):
        start = f"Dear Ada,\n\n{' '.join(SAID)}".index(said)
        Issue.objects.create(
            recovery=made, place=number + 1, quote=said, message=message, start=start, end=start + len(said),
            said_at=message.sent_at, feeling=feeling, by=by, at=at,
        )  # fmt: skip
    return made


def found(issue: Issue, *, by: Member, at: datetime, **more: Any) -> None:
    """What was found about an issue."""
    from amends.recovery.models import Finding

    values: dict[str, Any] = {
        "happened": "The February invoice billed the photography twice.", "why": "Nobody compared it with the hours.",
        "responsibility": "ours", "sure": "sure", "we_do": "Ben checks every invoice before it leaves.",
        "by_when": date(2026, 3, 19), "hard_part": "We said in January that it would not happen again.",
    }  # fmt: skip
    Finding.objects.update_or_create(issue=issue, defaults={**values, **more, "by": by, "at": at})
