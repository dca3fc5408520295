"""Asking a client for a review or a recommendation: never while something is wrong, nor again too soon.

What asks is a draft from a template: a person reads it and sends it, through the same check as all that leaves.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.flows.goodwill.reading import BadWords, acting, client_of, link_of
from amends.flows.recovery.drafting import Place, key_of, place_with
from amends.flows.recovery.drafting import prepare as prepare_draft
from amends.flows.recovery.remedies import NotYours
from amends.goodwill.models import Ask, Favour, Manners
from amends.goodwill.queries import asks_of, manners
from amends.insights.goodwill.asking import leave_of
from amends.mail.queries import Reader
from amends.outbox.models import Draft, State

BOUNDS: Mapping[str, tuple[int, int]] = {
    "after_ask_days": (1, 3650), "after_recovery_days": (0, 3650), "low_stars": (1, 4),
}  # fmt: skip


class NotNow(AmendsError):
    """The client is not to be asked now; the text says why."""


def prepare(
    reader: Reader, client_id: uuid.UUID, *, favour: str, link: str = "", by: Member, now: datetime
) -> Draft:  # fmt: skip
    """Put the mail that asks among one's drafts, in the newest conversation with them; nothing is sent.

    Raises `NotNow` with the reason, `NobodyToWriteTo`, `BadWords`, `Client.DoesNotExist`. Pressed twice, it is one.
    """
    acting(by)
    client = client_of(client_id)
    if favour not in Favour.values:
        raise BadWords("Say what you ask for: a review, or a recommendation.")
    where = link_of(link) or (manners().review_link if favour == Favour.REVIEW else "")
    leave = leave_of(client, now=now)
    if not leave.given:
        raise NotNow(leave.why)
    place = place_with(reader, client, by=by)
    key = key_of("favour", client.public_id, favour, len(_gone(client_id)))
    with transaction.atomic():
        draft = prepare_draft(place, words(place, favour, where, by=by), key=key, by=by, now=now)
        if draft.author != by:
            Draft.objects.filter(pk=draft.pk, state=State.DRAFT).update(author=by)
        _row, new = Ask.objects.get_or_create(
            draft=key, defaults={"client": client, "favour": favour, "link": where, "by": by, "at": now}
        )
        if new:
            detail = {"favour": favour}
            note("favour.prepared", member=by, about=f"client {client.public_id}", detail=detail, now=now)
    return draft


def _gone(client_id: uuid.UUID) -> list[Ask]:
    """The asks of this client whose draft is no draft any more: each new one has a draft of its own."""
    asks = asks_of(client_of(client_id))
    lying = Draft.objects.filter(public_id__in=[one.draft for one in asks], state=State.DRAFT)
    there = set(lying.values_list("public_id", flat=True))
    return [one for one in asks if one.draft not in there]


def words(place: Place, favour: str, link: str, *, by: Member) -> str:
    """Words to ask with: short, and easy to say no to."""
    if favour == Favour.REVIEW:
        ask = "Would you say in public how it was to work with us? A few honest sentences help others to choose."
        where = f" This is the place: {link}" if link else ""
    else:
        ask = "Do you know somebody whom we could help in the same way? A word from you would mean much to us."
        where = f" They find us here: {link}" if link else ""
    return (
        f"{place.greeting}\n\nthank you for your trust, and for your patience on the way. {ask}{where}\n\n"
        f"If you would rather not, that is quite all right.\n\nKind regards\n{by.name}\n"
    )


def set_manners(values: Mapping[str, int], *, review_link: str, by: Member, now: datetime) -> Manners:
    """Say how long the firm leaves a client in peace, and from how many stars on a review is a complaint."""
    if not may(by.role, Right.ADMINISTER):
        raise NotYours("Only an administrator sets this: ask one of yours.")
    for name, (least, most) in BOUNDS.items():
        if not least <= values[name] <= most:
            raise BadWords(f"Choose between {least} and {most:,}.")
    link = link_of(review_link)
    with transaction.atomic():
        made, _new = Manners.objects.update_or_create(
            defaults={**{name: values[name] for name in BOUNDS}, "review_link": link}
        )
        note("manners.changed", member=by, detail={**{name: values[name] for name in BOUNDS}}, now=now)
    return made
