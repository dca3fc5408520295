"""Readiness gates as people see them: what is missing, what was agreed, what in the mail may show it.

Of evidence in mail that the reader may not read, they are told its kind, its day and who added it, and no more.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Min, Sum

from amends.boundaries.models import Gate, GateEvidence, GatePart, GateQuestion, GateState
from amends.boundaries.queries import gates as queries
from amends.boundaries.readiness import Facts, Missing, folded, missing
from amends.clients.models import Client, Engagement, GlossaryTerm, TimeEntry
from amends.insights.recovery.evidence import ADVISED
from amends.judgement import sentences
from amends.mail.models import Direction, Message
from amends.mail.privacy import Reader, readable
from amends.mail.queries import new_text_of

_LOOKED = 80  # messages with the client, the newest
_OFFERED = 5
_PACE = re.compile(
    r"\b(?:pace|timeline|timetable|schedule|deadline|take (?:our|your|the) time|no rush|slower|step by step|phase"
    r"|not before|earliest|wait(?:ing)? (?:until|till|for|two|a few|another))\b",
    re.I,
)
_WORDS = re.compile(r"\b(?:glossary|terms?|terminology|wording|vocabulary|we (?:say|call)|(?:is|are) called)\b", re.I)


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence; where the reader may not read its message (`hidden`), without its words and its place."""

    evidence: uuid.UUID
    part: str
    said_on: date
    by: str
    at: datetime
    words: str = ""
    quote: str = ""
    message: uuid.UUID | None = None
    thread: uuid.UUID | None = None
    who: str = ""
    subject: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """A sentence of a message that may show that something was agreed."""

    message: uuid.UUID
    thread: uuid.UUID
    quote: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GatePage:
    """One gate, whole. `proofs` and `offered` are by part."""

    gate: Gate
    missing: list[Missing]
    facts: Facts
    questions: list[GateQuestion]
    proofs: dict[str, list[Proof]]
    offered: dict[str, list[Offered]]
    served_since: date | None

    @property
    def left(self) -> int:
        return len(self.missing)


@dataclass(frozen=True, slots=True)
class Standing:
    """A gate in a few words, as other pages show it; `began` and `seconds` where work was booked while it was open."""

    gate: Gate
    missing: list[Missing]
    unanswered: int
    began: date | None = None
    seconds: int = 0


def gate_page(reader: Reader, gate_id: uuid.UUID) -> GatePage:
    """All of one gate. Raises `Gate.DoesNotExist`."""
    gate = queries.find_gate(gate_id)
    facts = queries.facts_of([gate])[gate.pk]
    shown: dict[str, list[Proof]] = {part: [] for part in GatePart.values}
    for one in proofs_of(reader, gate):
        shown[one.part].append(one)
    return GatePage(
        gate=gate, missing=missing(facts), facts=facts, questions=queries.questions_of(gate), proofs=shown,
        offered=_offered(reader, gate, shown) if gate.state == GateState.OPEN else {},
        served_since=queries.served_since(gate.engagement.client.industry, but=gate.engagement),
    )  # fmt: skip


def proofs_of(reader: Reader, gate: Gate) -> list[Proof]:
    """What shows that something was agreed, as far as the reader may read it."""
    rows = queries.evidence_of(gate)
    named = [one.about for one in rows if one.about is not None]
    known = {one.public_id: one for one in readable(reader).filter(public_id__in=named).select_related("thread")}
    return [_proof(one, known.get(one.about) if one.about else None) for one in rows]


def _proof(one: GateEvidence, message: Message | None) -> Proof:
    by = one.by.name if one.by else ""
    if one.about is not None and message is None:
        return Proof(one.public_id, one.part, one.said_on, by, one.at, hidden=True)
    return Proof(
        one.public_id, one.part, one.said_on, by, one.at, words=one.words, quote=one.quote, message=one.about,
        thread=message.thread.public_id if message else None,
        who=(message.sender_name or message.sender_email) if message else "",
        subject=message.subject if message else "",
    )  # fmt: skip


def standing_of(engagement: Engagement) -> Standing | None:
    """How the gate of one engagement stands; None where it has none."""
    gate = queries.gate_of(engagement)
    return standings([gate])[0] if gate is not None else None


def standings(found: Sequence[Gate]) -> list[Standing]:
    """How these gates stand."""
    facts = queries.facts_of(found)
    return [Standing(one, missing(facts[one.pk]), facts[one.pk].unanswered) for one in found]


def not_ready_for(client: Client | None) -> list[Standing]:
    """The open gates of a client, for whoever writes to them."""
    return standings(queries.open_gates_of(client)) if client is not None else []


def begun_before_ready(*, limit: int = 20) -> list[Standing]:
    """Engagements on which hours were booked while their gate was open, the latest opened first."""
    found = queries.gates()
    rows = TimeEntry.objects.filter(
        engagement__gate__in=[one.pk for one in found], day__gte=F("engagement__gate__at__date")
    )
    worked = {
        key: (first, seconds)
        for key, first, seconds in rows.order_by()
        .values("engagement__gate")
        .annotate(first=Min("day"), total=Sum("seconds"))
        .values_list("engagement__gate", "first", "total")
    }
    facts = queries.facts_of(found)
    return [
        Standing(one, missing(facts[one.pk]), facts[one.pk].unanswered, *worked[one.pk])
        for one in found
        if one.pk in worked
    ][:limit]


def _offered(reader: Reader, gate: Gate, shown: dict[str, list[Proof]]) -> dict[str, list[Offered]]:
    """Sentences of the latest mail with this client that may show the pace, the words, or advice of ours."""
    client = gate.engagement.client
    rows = readable(reader).filter(client=client, kind="personal", sent_at__gte=gate.at - timedelta(days=180))
    letters = list(rows.select_related("body", "thread").order_by("-id")[:_LOOKED])
    terms = [one.right or one.wrong for one in GlossaryTerm.objects.filter(client=client)[:50]]
    wanted: dict[str, Callable[[str], object]] = {
        GatePart.GLOSSARY: lambda text: _WORDS.search(text) or _says(text, terms),
        GatePart.PACE: _PACE.search,
        GatePart.ADVICE: ADVISED.search,
    }
    found: dict[str, list[Offered]] = {part: [] for part in wanted}
    for letter in letters:
        for one in sentences.split(new_text_of(letter.body)):
            for part, test in wanted.items():
                ours = part != GatePart.ADVICE or letter.direction == Direction.OUT
                if ours and len(found[part]) < _OFFERED and test(one.text):
                    found[part].append(_offer(letter, one.text))
    taken = {(part, one.message) for part, ones in shown.items() for one in ones}
    return {part: [one for one in ones if (part, one.message) not in taken] for part, ones in found.items()}


def _says(text: str, terms: Iterable[str]) -> bool:
    low = f" {folded(text)} "
    return any(f" {folded(term)} " in low for term in terms if folded(term))


def _offer(letter: Message, sentence: str) -> Offered:
    who = letter.sender_name or letter.sender_email
    quote = " ".join(sentence.split())[:400]
    return Offered(letter.public_id, letter.thread.public_id, quote, who, letter.sent_at)
