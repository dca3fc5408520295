"""The set-up page of a new firm: what is proposed, what was said, and how far it is. All of it lies in rows.

Several administrators may go through it at once: each writes only what they changed, and is told where somebody else
has just said something else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time
from enum import IntEnum
from typing import Any

from django.db import transaction

from amends.clients.rules import FREEMAIL, client_name
from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Firm, Member, OwnDomain
from amends.firm.places import currency_of, work_days_of, zone_of
from amends.firm.scope import current_firm_id
from amends.flows.adjust import change_firm
from amends.flows.set_up import UNNAMED, NoDomain, own_domains, own_value
from amends.mail.models import Account, ImportRun, Message

FIELDS = ("name", "timezone", "country", "work_days", "day_start", "day_end", "currency")


class Step(IntEnum):
    """The parts of the page, in their order."""

    FIRM = 1
    MAIL = 2
    PEOPLE = 3
    FILLING = 4


class Meanwhile(AmendsError):
    """Somebody else has just said something else; `there` holds it by field. Saving again overrules it."""

    def __init__(self, there: Mapping[str, str]) -> None:
        super().__init__("Somebody else has just changed this: look at it, and save again.")
        self.there = dict(there)


class NobodysDomain(AmendsError):
    """Where mail is kept, one domain at least must be the firm's own."""


def step_of(firm: Firm) -> Step:
    """Where a firm is."""
    return Step(min(firm.set_up_step + 1, Step.FILLING))


def to_begin(firm: Firm) -> bool:
    """Whether the firm in scope is new: not set up, and no mail is here or on its way."""
    return firm.set_up_at is None and not mail_comes()


def mail_comes() -> bool:
    """Whether any mail is here or on its way."""
    return Account.objects.exists() or ImportRun.objects.exists() or Message.objects.exists()


def known(firm: Firm) -> dict[str, str]:
    """What is stored of a firm, as text by field: what a page has seen when it is sent back."""
    return {name: _text(getattr(firm, name)) for name in FIELDS}


def proposal(firm: Firm, *, by: Member, country: str) -> dict[str, str]:
    """What nobody has said yet, guessed from whoever asks: their address, and the country of their browser."""
    if firm.set_up_step:
        return {}
    guessed: dict[str, str] = {}
    domain = proposed_domain(by)
    if firm.name == UNNAMED and domain:
        guessed["name"] = client_name(domain, "")
    if not firm.country and country:
        guessed |= {"country": country, **follows(country)}
        if firm.timezone == "UTC" and zone_of(country):
            guessed["timezone"] = zone_of(country)
    return guessed


def follows(country: str) -> dict[str, str]:
    """What usually follows from a country: currency and working days."""
    found = {"work_days": work_days_of(country)}
    return {**found, "currency": currency_of(country)} if currency_of(country) else found


def proposed_domain(member: Member) -> str:
    """The domain of a member's address; "" at a free-mail provider, whose other users are not the firm."""
    domain = member.email.rpartition("@")[2]
    try:
        return "" if domain in FREEMAIL else own_value(domain)
    except NoDomain:
        return ""


def own_domains_listed() -> list[str]:
    """The firm's own domains, those that were said first at the head."""
    return list(OwnDomain.objects.order_by("pk").values_list("value", flat=True))


def say_firm(
    wanted: Mapping[str, Any],
    *,
    seen: Mapping[str, str],
    add: Collection[str],
    remove: Collection[str],
    by: Member,
    now: datetime,
    address: str | None = None,
) -> None:
    """Keep what was said of the firm, where it differs from what the page had `seen`, and go on.

    Raises `Meanwhile` where somebody else has changed the same to something else, and `NoDomain`, `NobodysDomain`.
    """
    with transaction.atomic():
        firm = Firm.objects.select_for_update().get(pk=current_firm_id())
        there: dict[str, str] = {}
        for name in FIELDS:
            was, is_now, new = seen.get(name), _text(getattr(firm, name)), _text(wanted[name])
            if new in {was, is_now}:
                continue
            if was is not None and was != is_now:
                there[name] = is_now
            setattr(firm, name, wanted[name])
        if there:
            raise Meanwhile(there)
        change_firm(firm, domains=_domains(add, remove), by=by, now=now, address=address)
        _done(Step.FIRM)


def say_domains(
    *, add: Collection[str], remove: Collection[str], by: Member, now: datetime, address: str | None = None
) -> bool:
    """Take more domains for the firm's own, and others no more, and go on; returns whether mail is placed anew.

    Raises `NoDomain` and `NobodysDomain`.
    """
    with transaction.atomic():
        firm = Firm.objects.select_for_update().get(pk=current_firm_id())
        anew = change_firm(firm, domains=_domains(add, remove), by=by, now=now, address=address)
        _done(Step.MAIL)
    return anew


def go_on(*, by: Member, now: datetime, address: str | None = None) -> None:
    """The people are invited, or will be later: the firm is set up, and what is left is to watch."""
    with transaction.atomic():
        _done(Step.PEOPLE)
        leave(by=by, now=now, address=address)


def leave(*, by: Member, now: datetime, address: str | None = None) -> None:
    """Ask nobody any more to set the firm up; the page goes on where it was whenever somebody opens it."""
    with transaction.atomic():
        if Firm.objects.filter(pk=current_firm_id(), set_up_at=None).update(set_up_at=now):
            note("settings.set_up", member=by, now=now, address=address)


def _done(step: Step) -> None:
    """Never backwards: somebody else may be further."""
    Firm.objects.filter(pk=current_firm_id(), set_up_step__lt=step).update(set_up_step=step)


def _domains(add: Collection[str], remove: Collection[str]) -> set[str]:
    """The firm's own domains after these changes; what others added meanwhile stays."""
    gone = {own_value(one) for one in remove}
    wanted = (own_domains() - gone) | {own_value(one) for one in add}
    if not wanted and Message.objects.exists():
        message = "Say at least one domain: without it nobody knows who is one of you."
        raise NobodysDomain(message)
    return wanted


def _text(value: Any) -> str:
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)
