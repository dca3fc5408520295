"""What would go with a client or a person, and what would stay: counted before anything is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q

from amends.clients.actions.forget import looked_for
from amends.clients.actions.place import own_organisations
from amends.clients.models import Client, Contact, ContactAddress, Domain, Engagement, TimeEntry
from amends.clients.rules import organisation
from amends.flows.keep.erase.whom import Whom
from amends.goodwill.actions.forget import reviews_by
from amends.mail.models import Copy, ImportRun, Message, Participant, RunState, Thread
from amends.mail.queries import SYSTEM, readable, search
from amends.mail.rules import falls_with, outside_of
from amends.outbox.actions.forget import drafts_about, drafts_of, drafts_that_name
from amends.signals.models import Correction, Response, Signal

_BATCH = 500
_SEARCHED = 1000
_DEAD = timedelta(hours=1)  # without a sign of life, an import is not running any more


@dataclass(slots=True)
class Plan:
    """What goes with `whom`. `named` are messages that name them among others, and stay; `quoting` are those that
    stay in a conversation of which something goes, and may quote it; `mentioning` are others in which a name of theirs
    stands; `uploads` are archives that were uploaded and
    brought in, all of them, since any may hold their mail."""

    whom: Whom
    messages: list[int] = field(default_factory=list)  # keys
    counts: dict[str, int] = field(default_factory=dict)
    uploads: list[Path] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Kind, id and counts: no name and no address."""
        return {"kind": self.whom.kind, "id": self.whom.public_id, **self.counts}


def plan(whom: Whom, *, now: datetime, everywhere: bool = False) -> Plan:
    """Look what would go; changes nothing. `everywhere`: also messages of others that only name them."""
    going, named = messages_of(whom, everywhere=everywhere)
    made = Plan(whom, going, uploads=[*uploaded(), *scratch(now=now)])
    made.counts = asdict(_Counted()) | {"messages": len(going), "named": len(named), "uploads": len(made.uploads)}
    threads: set[int] = set()
    for part in _parts(going):
        found = Message.objects.filter(pk__in=part)
        threads.update(found.values_list("thread_id", flat=True))
        made.counts["arrivals"] += Copy.objects.filter(message__in=part).count()
        made.counts["signals"] += Signal.objects.filter(message__in=part).count()
        made.counts["answers"] += Response.objects.filter(signal__message__in=part).count()
        made.counts["corrections"] += Correction.objects.filter(message__in=part).count()
    gone = set(going)
    for part in _parts(sorted(threads)):
        left: dict[int, int] = defaultdict(int)
        for pk, thread in Message.objects.filter(thread__in=part).values_list("pk", "thread_id"):
            left[thread] += pk not in gone
        made.counts["conversations"] += Thread.objects.filter(pk__in=part).count() - sum(map(bool, left.values()))
        made.counts["quoting"] += sum(left.values())
    made.counts["mentioning"] = len(_mentioning(whom) - gone - set(named))
    made.counts["drafts"] = len(written_to(whom, going=going))
    _count_people(made)
    return made


def written_to(whom: Whom, *, going: list[int]) -> set[int]:
    """The keys of drafts that go with `whom` and with the messages `going`: those to them, about these, and those that
    are over and done with and name them."""
    found = drafts_of(whom.client, emails=whom.emails, organisations=whom.organisations)
    for part in _parts(going):
        found |= drafts_about(part)
    return found | drafts_that_name(looked_for({*whom.names, *whom.emails, *whom.organisations}))


@dataclass(slots=True)
class _Counted:
    """The counts of a plan, in the order in which they are told."""

    messages: int = 0
    arrivals: int = 0
    conversations: int = 0
    signals: int = 0
    answers: int = 0
    corrections: int = 0
    contacts: int = 0
    addresses: int = 0
    domains: int = 0
    engagements: int = 0
    time_entries: int = 0
    drafts: int = 0
    uploads: int = 0
    named: int = 0
    quoting: int = 0
    mentioning: int = 0


def _count_people(made: Plan) -> None:
    whom, counts = made.whom, made.counts
    if whom.client:
        both = Client.objects.filter(Q(pk=whom.client.pk) | Q(merged_into=whom.client))
        counts["contacts"] = Contact.objects.filter(client__in=both).count()
        counts["addresses"] = ContactAddress.objects.filter(contact__client__in=both).count()
        counts["domains"] = Domain.objects.filter(client__in=both).count()
        counts["engagements"] = Engagement.objects.filter(client__in=both).count()
        counts["time_entries"] = TimeEntry.objects.filter(engagement__client__in=both).count()
    elif whom.contact:
        counts["contacts"], counts["addresses"] = 1, ContactAddress.objects.filter(contact=whom.contact).count()


def messages_of(whom: Whom, *, everywhere: bool = False) -> tuple[list[int], list[int]]:
    """The keys of the messages that go with `whom`, and of those that only name an address of theirs, in order."""
    own = own_organisations()
    going: set[int] = set()
    if whom.client:
        going.update(readable(SYSTEM).filter(client=whom.client).values_list("pk", flat=True))
        merged = readable(SYSTEM).filter(client__merged_into=whom.client)
        going.update(merged.values_list("pk", flat=True))
    written = reviews_by(looked_for(whom.names))
    going.update(readable(SYSTEM).filter(public_id__in=written).values_list("pk", flat=True))
    named: set[int] = set()
    for part in _parts(sorted(_naming(whom) - going)):
        people: dict[int, list[tuple[str, str]]] = defaultdict(list)
        rows = Participant.objects.filter(message__in=part).order_by("pk").values_list("message_id", "role", "email")
        for number, role, email in rows:
            people[number].append((role, email))
        for number, sender in Message.objects.filter(pk__in=part).values_list("pk", "sender_email"):
            ours = organisation(sender) in own
            outside = outside_of(people[number], own=own) if ours else []
            falls = falls_with(sender, outside, emails=whom.emails, organisations=whom.organisations)
            (going if everywhere or falls else named).add(number)
    return sorted(going), sorted(named)


def _naming(whom: Whom) -> set[int]:
    """The keys of all messages that have an address of theirs, in whatever place."""
    found: set[int] = set()
    for part in _parts(sorted(whom.emails)):
        found.update(Participant.objects.filter(email__in=part).values_list("message_id", flat=True))
    if whom.organisations:
        ends = reduce(or_, (Q(email__endswith=value) for value in sorted(whom.organisations)))
        rows = Participant.objects.filter(ends).values_list("message_id", "email")
        found.update(number for number, email in rows.iterator() if organisation(email) in whom.organisations)
    return found


def _mentioning(whom: Whom) -> set[int]:
    """The keys of messages in which one of their names stands, the newest thousand of each."""
    found: set[int] = set()
    for name in looked_for(whom.names):
        phrase = name.replace('"', " ")
        found.update(message.pk for message in search(SYSTEM, f'"{phrase}"', limit=_SEARCHED))
    return found


def uploaded() -> Iterator[Path]:
    """Archives in the home that have been brought in whole: their messages are in the store."""
    home = Path(settings.HOME).resolve()
    for run in ImportRun.objects.filter(state=RunState.DONE):
        for source in run.sources:
            path = Path(source)
            if home in path.resolve().parents and path.exists():
                yield path


def scratch(*, now: datetime) -> Iterator[Path]:
    """What imports and uploads that were cut off had left in the home."""
    for folder in Path(settings.UPLOADS).glob("scratch-*"):
        run = ImportRun.objects.filter(public_id=folder.name.removeprefix("scratch-")).first()
        if run is not None:
            ended = run.state in {RunState.DONE, RunState.FAILED}
            if ended or (run.beat_at or run.created_at) < now - _DEAD:
                yield folder
    for file in Path(settings.UPLOADS).glob("*.upload"):  # of a request that broke off
        if file.stat().st_mtime < (now - _DEAD).timestamp():
            yield file


def _parts(keys: list[Any]) -> Iterator[list[Any]]:
    for at in range(0, len(keys), _BATCH):
        yield keys[at : at + _BATCH]
