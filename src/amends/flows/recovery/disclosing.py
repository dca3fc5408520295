"""The same cause elsewhere: bad news that we bring first, to each client whom it may have touched, with what we do.

What is prepared are drafts. Their check refuses bad news without a plan, so where no plan is known the draft says
what is missing, and cannot leave until somebody wrote it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from amends.clients.models import Client, Contact, Engagement
from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.flows.recovery.asking import open_one
from amends.flows.recovery.drafting import NobodyToWriteTo, Place, key_of, place_with, prepare
from amends.mail.queries import Reader
from amends.outbox.models import Draft
from amends.recovery import giving
from amends.recovery.models import Finding, Recovery
from amends.recovery.queries import mode_name


class NobodyElse(AmendsError):
    """No other client had the same, so there is nobody to tell."""


def words(recovery: Recovery, place: Place, *, by: Member, today: date) -> str:
    """Words to bring it with: what we found, and what we do by when, where that is known and not over yet.

    What names the client it happened to first, or somebody there, is theirs: it is left out.
    """
    findings = Finding.objects.filter(issue__recovery=recovery, issue__merged_into=None, issue__removed_at=None)
    theirs = _names(recovery.client)
    plans = [
        f"- {row.we_do.strip()}" + (f" by {row.by_when:%-d %B %Y}" if row.by_when and row.by_when >= today else "")
        for row in findings.order_by("issue__place")
        if row.we_do.strip() and not theirs & _words(row.we_do)
    ]
    cause = recovery.root_cause.strip() or mode_name(recovery.failure_mode).strip()
    cause = "" if theirs & _words(cause) else cause
    parts = [
        place.greeting,
        (
            "we want you to hear this from us first. I'm afraid something went wrong in our work, and it may have "
            "touched yours too."
        ),
        f"What we found: {cause}" if cause else "",
        "This is how we put it right:\n" + "\n".join(plans or ["- [what we do, by which day]"]),
        f"Kind regards\n{by.name}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _names(client: Client) -> set[str]:
    """What the people there are called, word by word, and how the client's own name begins."""
    people = Contact.objects.filter(client=client).values_list("name", flat=True)
    return {word for name in (*client.name.split()[:1], *people) for word in _words(name) if len(word) > 2}


def _words(text: str) -> set[str]:
    """As they are written: "Will" is somebody, "will" is not."""
    return set(re.findall(r"\w+", text))


def disclose(
    reader: Reader, recovery_id: uuid.UUID, clients: Sequence[uuid.UUID], *, by: Member, now: datetime
) -> tuple[list[Draft], list[str]]:
    """Prepare a disclosure to each of these clients, of those that had the same cause in the last year (none named:
    to all of them); returns the drafts, and the names of those with whom `by` reads no conversation.

    Pressed twice, each has one draft. Raises `Recovery.DoesNotExist` and `NobodyElse`.
    """
    recovery = open_one(reader, recovery_id)
    there: dict[uuid.UUID, Client] = {
        each.client.public_id: each.client for each in giving.same_cause(recovery, now=now)
    }
    chosen = [there[one] for one in clients if one in there] if clients else list(there.values())
    if not chosen:
        raise NobodyElse("No other client had the same in the last year: there is nobody to tell.")
    drafts, without = [], []
    today = now.astimezone(ZoneInfo(firm_in_scope().timezone)).date()
    with transaction.atomic():
        for client in chosen:
            try:
                place = place_with(reader, client, by=by)
            except NobodyToWriteTo:
                without.append(client.name)
                continue
            key = key_of("disclosure", recovery.public_id, client.public_id)
            drafts.append(prepare(place, words(recovery, place, by=by, today=today), key=key, by=by, now=now))
        detail = {"clients": len(drafts)}
        note("recovery.disclosure_prepared", member=by, about=f"recovery {recovery.public_id}", detail=detail, now=now)
    return drafts, without


def ask_how_it_was(reader: Reader, engagement: Engagement, *, by: Member, now: datetime) -> Draft:
    """Prepare the question that belongs to the end of an engagement, a successful one too: is anything left?

    Raises `NobodyToWriteTo`.
    """
    place = place_with(reader, engagement.client, by=by)
    text = (
        f"{place.greeting}\n\n{engagement.name} is coming to its end. Before we close it: is everything right as it "
        "stands, also the small things that we spoke about on the way? If anything is left, please tell me.\n\n"
        f"Kind regards\n{by.name}\n"
    )
    return prepare(place, text, key=key_of("closing", engagement.public_id), by=by, now=now)
