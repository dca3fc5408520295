"""Guarantees and their terms, and claims: recorded, decided within one's authority, made good, the cause mended."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from amends.clients.models import Client, Engagement
from amends.core.errors import AmendsError
from amends.core.money import Money
from amends.firm import budgets
from amends.firm.audit import note
from amends.firm.models import Firm, Member
from amends.firm.queries import firm_in_scope
from amends.firm.rules import Right, may
from amends.flows.capital.posting import settle
from amends.flows.capital.sources.goodwill import of_claims
from amends.flows.goodwill import purse
from amends.flows.goodwill.reading import (
    BadWords,
    acting,
    client_of,
    day_of,
    engagement_of,
    money_of,
    text_of,
    today,
    words_of,
)
from amends.flows.recovery.remedies import NotYours
from amends.goodwill.actions import claims as actions
from amends.goodwill.actions.gestures import Moved
from amends.goodwill.models import Claim, ClaimState, Guarantee
from amends.mail.privacy import Reader, readable

AMOUNTS = ("credit", "refund")
"""Kinds that are amounts of money."""
UNDOES = {
    ("honoured", "open"), ("refused", "open"), ("withdrawn", "open"), ("made_good", "honoured"),
}  # fmt: skip


class OpenClaims(AmendsError):
    """A guarantee whose claims are not decided yet cannot end."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A guarantee as a person typed it; without an engagement it holds for every client."""

    name: str
    words: str
    kind: str
    most: str = ""
    until: str = ""
    engagement: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim as a person typed it."""

    guarantee: uuid.UUID | None
    words: str
    who: str = ""
    on: str = ""
    engagement: uuid.UUID | None = None
    evidence: uuid.UUID | None = None  # the message in which they say so


# -- terms --------------------------------------------------------------------------------------------------------


def promise(terms: Terms, *, by: Member, now: datetime) -> Guarantee:
    """Stand by something from now on. Raises `NotYours`, `BadWords`, `BadAmount`."""
    _deciding(by)
    values = _terms(terms, firm_in_scope(), now=now)
    with transaction.atomic():
        made = Guarantee.objects.create(by=by, at=now, changed_at=now, **values)
        note("guarantee.made", member=by, about=f"guarantee {made.public_id}", detail={"name": made.name}, now=now)
    return made


def change_terms(guarantee_id: uuid.UUID, terms: Terms, *, version: int, by: Member, now: datetime) -> Guarantee:
    """Say the terms anew. Claims keep what was given for them. Raises as `promise`, and `Moved`."""
    _deciding(by)
    guarantee = one_guarantee(guarantee_id)
    values = _terms(terms, firm_in_scope(), now=now)
    with transaction.atomic():
        actions.change_terms(guarantee, values, version=version, now=now)
        detail = {"name": guarantee.name}
        note("guarantee.changed", member=by, about=f"guarantee {guarantee_id}", detail=detail, now=now)
    return guarantee


def end(guarantee_id: uuid.UUID, *, by: Member, now: datetime) -> Guarantee:
    """It is given no longer; claims on it stay. Raises `OpenClaims` while one is not decided, and `Moved`."""
    _deciding(by)
    guarantee = one_guarantee(guarantee_id)
    waiting = Claim.objects.filter(guarantee=guarantee, state=ClaimState.OPEN).count()
    if waiting:
        raise OpenClaims(f"{waiting} of its claims wait for a decision: decide them, then end it.")
    return _ends(guarantee, now, did="ended", by=by, now=now)


def begin_again(guarantee_id: uuid.UUID, *, by: Member, now: datetime) -> Guarantee:
    """Ending it was a slip. Raises `Moved`."""
    _deciding(by)
    return _ends(one_guarantee(guarantee_id), None, did="begun_again", by=by, now=now)


def _ends(guarantee: Guarantee, at: datetime | None, *, did: str, by: Member, now: datetime) -> Guarantee:
    with transaction.atomic():
        rows = Guarantee.objects.filter(pk=guarantee.pk, ended_at__isnull=at is not None)
        if not rows.update(ended_at=at, changed_at=now):
            raise Moved
        detail = {"name": guarantee.name}
        note(f"guarantee.{did}", member=by, about=f"guarantee {guarantee.public_id}", detail=detail, now=now)
    guarantee.ended_at = at
    return guarantee


def one_guarantee(guarantee_id: uuid.UUID) -> Guarantee:
    """One with its engagement. Raises `Guarantee.DoesNotExist`."""
    return Guarantee.objects.select_related("engagement__client").get(public_id=guarantee_id)


def _deciding(by: Member) -> None:
    if not may(by.role, Right.CURATE):
        raise NotYours("Account managers, partners and administrators say what is guaranteed: ask one of yours.")


def _terms(terms: Terms, firm: Firm, *, now: datetime) -> dict[str, Any]:
    if terms.kind not in budgets.KINDS:
        raise BadWords("Choose what it gives: a fix, doing it again, credit, refund, replacement, gesture or person.")
    most = money_of(terms.most, firm)
    until = day_of(terms.until, firm, now=now, ahead=True)
    if until is not None and until < today(firm, now=now):
        raise BadWords(f"{until:%-d %B %Y} is over: choose today or a later day.")
    engagement = None
    if terms.engagement is not None:
        engagement = Engagement.objects.filter(public_id=terms.engagement).first()
        if engagement is None:
            raise BadWords("That engagement is not there any more: choose another, or none.")
    return {
        "name": words_of(terms.name, most=200, say="Give it a name that a client would use: Money back, for example."),
        "words": text_of(terms.words, most=5000, say="Write the terms: what you stand by, and what you do otherwise."),
        "kind": terms.kind,
        "most": most.units if most else None,
        "currency": firm.currency,
        "until": until,
        "engagement": engagement,
    }


# -- claims -------------------------------------------------------------------------------------------------------


def record(reader: Reader, client_id: uuid.UUID, claimed: Claimed, *, by: Member, now: datetime) -> Claim:
    """A client invokes a guarantee. Raises `Client.DoesNotExist`, `NotYours`, `BadWords`."""
    acting(by)
    client, firm = client_of(client_id), firm_in_scope()
    values = _claimed(reader, client, claimed, firm, now=now)
    with transaction.atomic():
        claim = Claim.objects.create(client=client, currency=firm.currency, by=by, at=now, changed_at=now, **values)
        _noted("recorded", claim, by=by, now=now)
    return claim


def honour(
    claim_id: uuid.UUID, *, gives: str, cost: str = "", kind: str = "", why: str = "", by: Member, now: datetime
) -> Claim:
    """Stand by the guarantee: what they get, paid out of the budget of `by`. A refund or a credit is an amount.

    Raises `TooMuch` above their authority, or beyond what the guarantee gives at most.
    """
    acting(by)
    claim, firm = one_claim(claim_id), firm_in_scope()
    kind = kind or claim.guarantee.kind
    if kind not in budgets.KINDS:
        raise BadWords("Choose what they get: a fix, doing it again, credit, refund, replacement, gesture or person.")
    paid = money_of(cost, firm)
    if paid is None and kind in AMOUNTS:
        raise BadWords("Say how much: a credit or a refund is an amount.")
    paid = paid or Money(0, firm.currency)
    most = claim.guarantee.most
    if most is not None and claim.guarantee.currency == firm.currency and paid.units > most and not may_decide(by):
        raise purse.TooMuch(
            f"{claim.guarantee.name} gives {Money(most, firm.currency)} at most: a partner may give more, and records "
            "it then."
        )
    values = {
        "kind": kind, "cost": paid.units, "currency": firm.currency, "decided_by": by, "decided_at": now,
        "gives": words_of(gives, most=500, say="Say what they get, as they would put it."),
        "why": words_of(why, most=500),
    }  # fmt: skip
    with transaction.atomic():
        actions.step(claim, ClaimState.HONOURED, values, now=now)
        purse.pay(kind, paid, about=claim.public_id, by=by, now=now)
        _settled("honoured", claim, by=by, now=now)
    return claim


def refuse(claim_id: uuid.UUID, *, why: str, by: Member, now: datetime) -> Claim:
    """It is not within the terms; a reason is owed, and refusing is for whoever could have given it."""
    acting(by)
    claim = one_claim(claim_id)
    said = words_of(why, most=500, say="Say why not: the client will ask.")
    if not may_decide(by) and not budgets.limit_of(by, claim.guarantee.kind).alone:
        raise purse.TooMuch("Who may give it may refuse it: ask a partner.")
    values = {"decided_by": by, "decided_at": now, "why": said}
    with transaction.atomic():
        actions.step(claim, ClaimState.REFUSED, values, now=now)
        _settled("refused", claim, by=by, now=now)
    return claim


def withdraw(claim_id: uuid.UUID, *, why: str, by: Member, now: datetime) -> Claim:
    """The client wants it no more, or it was recorded by mistake."""
    acting(by)
    claim = one_claim(claim_id)
    with transaction.atomic():
        actions.step(claim, ClaimState.WITHDRAWN, {"why": words_of(why, most=500)}, now=now)
        _settled("withdrawn", claim, by=by, now=now)
    return claim


def make_good(claim_id: uuid.UUID, *, by: Member, now: datetime) -> Claim:
    """They have what they were given. Raises `Moved`."""
    acting(by)
    claim = one_claim(claim_id)
    with transaction.atomic():
        actions.step(claim, ClaimState.MADE_GOOD, {"made_good_at": now}, now=now)
        _settled("made_good", claim, by=by, now=now)
    return claim


def undo(claim_id: uuid.UUID, *, before: str, by: Member, now: datetime) -> Claim:
    """The last step was a slip; what it took from a budget goes back. Raises `Moved`."""
    acting(by)
    claim = one_claim(claim_id)
    to = next((after for was, after in UNDOES if was == before), None)
    if claim.state != before or to is None:
        raise Moved
    values: dict[str, Any] = {"made_good_at": None}
    if to == ClaimState.OPEN:
        values |= {"decided_by": None, "decided_at": None, "why": "", "gives": "", "kind": "", "cost": 0}
    with transaction.atomic():
        actions.step(claim, to, values, now=now)
        if before == ClaimState.HONOURED:
            purse.pay_back(claim.public_id, now=now)
        _settled("undone", claim, by=by, now=now)
    return claim


def learn(
    claim_id: uuid.UUID, *, failure_mode: str, mended: str, version: int, by: Member, now: datetime
) -> Claim:  # fmt: skip
    """Its cause (a failure mode of a playbook, or words), and what was done so that it does not happen again; with
    that its cause counts as mended. Raises `Moved`."""
    acting(by)
    claim = one_claim(claim_id)
    cause, done = words_of(failure_mode, most=80), text_of(mended, most=5000)
    if done and not cause:
        raise BadWords("Say what the cause was, then what was done about it.")
    at = (claim.mended_at or now) if done else None
    with transaction.atomic():
        values = {"failure_mode": cause, "mended": done, "mended_at": at}
        actions.change(claim, values, version=version, now=now)
        _settled("mended" if done else "learned", claim, by=by, now=now)
    return claim


def one_claim(claim_id: uuid.UUID) -> Claim:
    """One with all that it is about. Raises `Claim.DoesNotExist`."""
    rows = Claim.objects.select_related("guarantee", "client", "engagement", "decided_by", "by")
    return rows.get(public_id=claim_id)


def may_decide(by: Member) -> bool:
    """Whether `by` is a partner, or administers."""
    return may(by.role, Right.DECIDE)


def _claimed(reader: Reader, client: Client, claimed: Claimed, firm: Firm, *, now: datetime) -> dict[str, Any]:
    rows = Guarantee.objects.select_related("engagement")
    guarantee = rows.filter(public_id=claimed.guarantee).first() if claimed.guarantee else None
    if guarantee is None:
        raise BadWords("Choose which guarantee they mean.")
    within = guarantee.engagement
    if within is not None and within.client_id != client.pk:
        raise BadWords(f"{guarantee.name} was not given to {client.name}: choose another.")
    on = day_of(claimed.on, firm, now=now) or today(firm, now=now)
    if guarantee.until is not None and on > guarantee.until:
        raise BadWords(
            f"{guarantee.name} held until {guarantee.until:%-d %B %Y}: give it as a gesture, or prolong the guarantee."
        )
    if guarantee.ended_at is not None and on > guarantee.ended_at.date():
        raise BadWords(f"{guarantee.name} is given no longer: choose another, or give it as a gesture.")
    evidence = claimed.evidence
    if evidence is not None and not readable(reader).filter(public_id=evidence, client=client).exists():
        raise BadWords("That message is not one of theirs that you may read: choose another, or none.")
    return {
        "guarantee": guarantee,
        "words": text_of(claimed.words, most=5000, say="Write what they say, in their words."),
        "who": words_of(claimed.who, most=200),
        "claimed_on": on,
        "engagement": engagement_of(client, claimed.engagement) or within,
        "evidence": evidence,
    }


def _settled(did: str, claim: Claim, *, by: Member, now: datetime) -> None:
    _noted(did, claim, by=by, now=now)
    settle(of_claims([claim.pk]), now=now)


def _noted(did: str, claim: Claim, *, by: Member, now: datetime) -> None:
    detail = {"state": claim.state, "cost": str(Money(claim.cost, claim.currency))}
    note(f"claim.{did}", member=by, about=f"claim {claim.public_id}", detail=detail, now=now)
