"""What people do with a readiness gate: it opens by itself in a new industry; passing, overriding, and each step there.

Evidence in mail is taken only from messages with this client that whoever picks them may read.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from amends.boundaries.actions import gates as actions
from amends.boundaries.models import Gate, GateEvidence, GateQuestion, GateState
from amends.boundaries.queries.gates import find_gate, is_new, missing_in
from amends.boundaries.queries.lists import lists
from amends.boundaries.readiness import Missing
from amends.boundaries.refused import NotYours, Refused, Stale
from amends.boundaries.starting import ListKind, chosen
from amends.clients.actions import curate
from amends.clients.models import Client, Engagement
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.firm.rules import Right, may
from amends.mail.models import Message
from amends.mail.queries import Reader, new_text_of, one_message

_SAYS = {
    Missing.TERMS: "the client’s glossary has no word yet",
    Missing.GLOSSARY: "nobody said that the glossary was agreed with the client",
    Missing.QUESTIONS: "there is no question yet",
    Missing.ANSWERS: "there are questions without an answer",
    Missing.PACE: "the pace was not agreed in writing",
}


def consider(engagement: Engagement, *, by: Member | None, now: datetime) -> Gate | None:
    """Open a gate where an engagement that goes on is for an industry that is new to the firm, and it has none."""
    if engagement.closed_at is not None or not is_new(engagement):
        return None
    return _open(engagement, by_hand=False, by=by, now=now)


def say_industry(client: Client, industry: str, *, member: Member | None, now: datetime) -> None:
    """Say in which industry a client works; one that is new to the firm opens the gates of what began lately.

    Raises `clients.actions.curate.IndustryTooLong`.
    """
    with transaction.atomic():
        if curate.say_industry(client, industry):
            detail = {"industry": client.industry}
            note("client.industry_said", member=member, about=f"client {client.public_id}", detail=detail, now=now)
            consider_client(client, by=member, now=now)


def consider_client(client: Client, *, by: Member | None, now: datetime) -> list[Gate]:
    """The same for what a client has begun lately: somebody has just said which industry they are in."""
    rows = Engagement.objects.filter(client=client, closed_at=None, gate=None).select_related("client")
    lately = [one for one in rows if (now.date() - (one.starts_on or one.created_at.date())).days <= _LATELY]
    made = [consider(one, by=by, now=now) for one in lately]
    return [one for one in made if one is not None]


_LATELY = 30  # days: what began before is under way, and no gate stops it


def open_by_hand(engagement_id: uuid.UUID, *, by: Member, now: datetime) -> Gate:
    """Open one where somebody wants it, whatever the industry. Raises `Engagement.DoesNotExist` and `Refused`."""
    engagement = Engagement.objects.select_related("client").get(public_id=engagement_id)
    if engagement.closed_at is not None:
        raise Refused("This engagement is closed: open it again first.")
    made = _open(engagement, by_hand=True, by=by, now=now)
    if made is None:
        raise Refused("This engagement has its gate already: look at its page.")
    return made


def _open(engagement: Engagement, *, by_hand: bool, by: Member | None, now: datetime) -> Gate | None:
    lines = chosen(lists(ListKind.QUESTIONS), engagement.client.industry, engagement.kind)
    with transaction.atomic():
        gate = actions.open_gate(engagement, lines, by_hand=by_hand, by=by, now=now)
        if gate is not None:
            _note("opened", gate, by=by, now=now, industry=gate.industry)
    return gate


def show(
    reader: Reader, gate_id: uuid.UUID, *, part: str, message: uuid.UUID | None = None, quote: str = "",
    words: str = "", said_on: date | None = None, by: Member, now: datetime,
) -> GateEvidence:  # fmt: skip
    """Say that something was agreed, or that our advice was overruled: by a message, or in a note with its day.

    Raises `Gate.DoesNotExist`, `Refused`.
    """
    gate = _open_one(gate_id)
    today = now.astimezone(ZoneInfo(firm_in_scope().timezone)).date()
    if message is not None:
        said_on = _message(reader, gate.engagement.client, message, quote=quote).sent_at.date()
    if said_on is None:
        raise Refused("Say on which day it was agreed.")
    if said_on > today:
        raise Refused("That day is still to come: say on which day it was agreed.")
    with transaction.atomic():
        made = actions.show(
            gate, part=part, about=message, quote=quote, words=words, said_on=said_on, by=by, now=now
        )  # fmt: skip
        _note("shown", gate, by=by, now=now, part=made.part)
    return made


def _message(reader: Reader, client: Client, message_id: uuid.UUID, *, quote: str) -> Message:
    """A message with this client that the reader may read, with these words in it. Raises `Refused`."""
    found = message_with(reader, client, message_id)
    if " ".join(quote.split()) not in " ".join(new_text_of(found.body).split()):
        raise Refused("Those words are not in that message: choose words of it, or none.")
    return found


def message_with(reader: Reader, client: Client, message_id: uuid.UUID) -> Message:
    """A message with this client that the reader may read. Raises `Refused`."""
    try:
        found = one_message(reader, message_id)
    except Message.DoesNotExist:
        found = None
    if found is None or found.client_id != client.pk:
        raise Refused("That message is not there, or not yours to read: choose another, or write a note.")
    return found


def take_away(gate_id: uuid.UUID, evidence_id: uuid.UUID, *, by: Member, now: datetime) -> GateEvidence:
    """Take evidence away. Raises `Gate.DoesNotExist`, `GateEvidence.DoesNotExist`, `Refused`, `Stale`."""
    return _evidence(gate_id, evidence_id, away=True, by=by, now=now)


def put_back(gate_id: uuid.UUID, evidence_id: uuid.UUID, *, by: Member, now: datetime) -> GateEvidence:
    """Put it back. Raises the same."""
    return _evidence(gate_id, evidence_id, away=False, by=by, now=now)


def _evidence(gate_id: uuid.UUID, evidence_id: uuid.UUID, *, away: bool, by: Member, now: datetime) -> GateEvidence:
    gate = _open_one(gate_id)
    found = GateEvidence.objects.get(gate=gate, public_id=evidence_id)
    with transaction.atomic():
        done = actions.remove_evidence(found, now=now) if away else actions.bring_evidence_back(found)
        if not done:
            raise Stale
        _note("taken_away" if away else "put_back", gate, by=by, now=now, part=found.part)
    return found


def ask(gate_id: uuid.UUID, question: str, *, why: str = "") -> GateQuestion:
    """Add a question. Raises `Gate.DoesNotExist`, `Refused`."""
    return actions.ask(_open_one(gate_id), question, why=why)


def answer(
    gate_id: uuid.UUID, question_id: uuid.UUID, text: str, *, told_by: str = "", version: int | None = None,
    by: Member, now: datetime,
) -> GateQuestion:  # fmt: skip
    """Write down an answer; `version` None writes over what is there now. Raises as `ask`, `Stale`,
    `GateQuestion.DoesNotExist`."""
    found = _question(gate_id, question_id)
    actions.answer(found, text, told_by=told_by, version=_seen(found, version), by=by, now=now)
    return found


def reword(
    gate_id: uuid.UUID, question_id: uuid.UUID, words: str, *, why: str, version: int | None = None
) -> GateQuestion:
    """Put a question otherwise. Raises as `answer`."""
    found = _question(gate_id, question_id)
    actions.reword(found, words, why=why, version=_seen(found, version))
    return found


def drop_question(
    gate_id: uuid.UUID, question_id: uuid.UUID, *, version: int | None = None, now: datetime
) -> GateQuestion:
    """Take a question out. Raises as `answer`."""
    found = _question(gate_id, question_id)
    actions.remove_question(found, version=_seen(found, version), now=now)
    return found


def bring_question_back(gate_id: uuid.UUID, question_id: uuid.UUID, *, version: int | None = None) -> GateQuestion:
    """Put it back. Raises as `answer`."""
    found = _question(gate_id, question_id)
    actions.bring_question_back(found, version=_seen(found, version))
    return found


def let_pass(gate_id: uuid.UUID, *, version: int | None = None, by: Member, now: datetime) -> Gate:
    """Everything is there: the gate is passed. Raises `Gate.DoesNotExist`, `Stale`, and `Refused` with what is not."""
    with transaction.atomic():
        gate = _open_one(gate_id)
        left = missing_in([gate])[gate.pk]
        if left:
            raise Refused(f"It cannot pass yet: {'; '.join(_SAYS[one] for one in left)}.")
        actions.settle(gate, GateState.PASSED, version=_seen(gate, version), by=by, now=now)
        _note("passed", gate, by=by, now=now)
    return gate


def override(gate_id: uuid.UUID, *, why: str, version: int | None = None, by: Member, now: datetime) -> Gate:
    """Begin although something is missing: a partner's decision, with a reason. Raises as `let_pass`, `NotYours`."""
    if not may(by.role, Right.DECIDE):
        raise NotYours("Partners and administrators override a gate: ask one of yours.")
    why = " ".join(why.replace("\0", "").split())
    if not why:
        raise Refused("Say why it begins all the same: the next one to read this wants to know.")
    if len(why) > 500:
        raise Refused("Keep the reason under 500 characters.")
    with transaction.atomic():
        gate = _open_one(gate_id)
        left = missing_in([gate])[gate.pk]
        actions.settle(gate, GateState.OVERRIDDEN, why=why, version=_seen(gate, version), by=by, now=now)
        _note("overridden", gate, by=by, now=now, missing=[str(one) for one in left])
    return gate


def open_again(gate_id: uuid.UUID, *, version: int | None = None, by: Member, now: datetime) -> Gate:
    """It was a slip, or something came up: open again. One that a partner overrode, a partner opens.

    Raises `Gate.DoesNotExist`, `NotYours`, `Stale`.
    """
    with transaction.atomic():
        gate = find_gate(gate_id)
        if gate.state == GateState.OVERRIDDEN and not may(by.role, Right.DECIDE):
            raise NotYours("A partner decided this: ask one of yours.")
        actions.settle(gate, GateState.OPEN, version=_seen(gate, version), by=by, now=now)
        _note("opened_again", gate, by=by, now=now)
    return gate


def _open_one(gate_id: uuid.UUID) -> Gate:
    gate = find_gate(gate_id)
    if gate.state != GateState.OPEN:
        raise Refused("This gate is settled: open it again to change it.")
    return gate


def _question(gate_id: uuid.UUID, question_id: uuid.UUID) -> GateQuestion:
    return GateQuestion.objects.select_related("gate").get(gate=_open_one(gate_id), public_id=question_id)


def _seen(row: Gate | GateQuestion, version: int | None) -> int:
    return row.version if version is None else version


def _note(did: str, gate: Gate, *, by: Member | None, now: datetime, **detail: object) -> None:
    about = f"engagement {gate.engagement.public_id}"
    note(f"gate.{did}", member=by, about=about, detail=dict(detail), now=now)
