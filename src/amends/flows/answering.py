"""Answering signals: from a page, as it was drawn; from a program, strict about what is there and who may read it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from amends.core.errors import AmendsError
from amends.firm.models import Firm, Member
from amends.firm.scope import current_firm_id
from amends.flows import teach
from amends.flows.tasks import judge_stored
from amends.insights.covering import covered
from amends.insights.lists.signals import readable_signals, there
from amends.insights.screen import Shown
from amends.mail.queries import Reader
from amends.signals.actions import NoSuchSignal
from amends.signals.models import Action


class AnswerRefused(AmendsError):
    """An answer that does not fit together."""


def answer(
    reader: Reader,
    signal_ids: Sequence[uuid.UUID],
    *,
    action: Action,
    member: Member,
    now: datetime,
    why: str = "",
    until: datetime | None = None,
    misread: bool = False,
) -> uuid.UUID:
    """Answer all of these signals or none; returns the batch that `undo` takes back.

    Of words that one may not read one cannot say that they are no issue. Raises `AnswerRefused` and `NoSuchSignal`.
    """
    wanted = list(dict.fromkeys(signal_ids))
    if (action == Action.LATER) != (until is not None) or (until is not None and until <= now):
        raise AnswerRefused("Say until when with `later`, a moment ahead, and with nothing else.")
    if misread and action != Action.NOT_AN_ISSUE:
        raise AnswerRefused("Only what is no issue can be misread: leave `misread` out.")
    known = readable_signals(reader, wanted) if action == Action.NOT_AN_ISSUE else there(wanted)
    if known != set(wanted):
        raise NoSuchSignal("One of these signals is not there, or its message is not yours to read.")
    batch = teach.answer(
        reader, wanted, action=action, member=member, now=now, why=why, until=until, sure=misread, vectors_now=False
    )
    if action == Action.NOT_AN_ISSUE:
        judge_stored.enqueue(firm_id=current_firm_id())  # which gives corrections their vectors
    return batch


def answer_shown(
    reader: Reader,
    firm: Firm,
    signal_ids: Sequence[uuid.UUID],
    *,
    client: uuid.UUID | None,
    shown: Shown | None,
    action: Action,
    member: Member,
    now: datetime,
    why: str = "",
    until: datetime | None = None,
    teaches: bool = True,
    sure: bool = False,
) -> uuid.UUID:
    """Answer these signals; where none is named, all that a client's row covered when it was `shown`.

    Returns the batch that `undo` takes back. Raises as `teach.answer` does, and `insights.covering.Changed`.
    """
    if not signal_ids and client is not None and shown is not None:
        signal_ids = covered(reader, firm, client, shown=shown)
    return teach.answer(
        reader, signal_ids, action=action, member=member, now=now, why=why, until=until, teaches=teaches, sure=sure
    )


def undo(batch: uuid.UUID, *, member: Member, now: datetime) -> int:
    """Take back what one answer did; returns how many signals it was about, 0 where it was taken back before.

    Raises `NoSuchSignal` where there never was such an answer.
    """
    if not teach.known(batch):
        raise NoSuchSignal("There is no such answer.")
    return teach.undo(batch, now=now, member=member)
