"""Introductions: the letter to the supplier, and what came of it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from amends.boundaries import texts
from amends.boundaries.actions import answers as actions
from amends.boundaries.models import Helped, ReferralOut
from amends.boundaries.queries.limits import referrals
from amends.boundaries.refused import Refused
from amends.firm.audit import note
from amends.firm.models import Member
from amends.flows.capital.posting import settle
from amends.flows.capital.sources.boundaries import of_referrals
from amends.flows.recovery.drafting import key_of
from amends.flows.send.outside import Letter, write
from amends.mail.models import Message
from amends.mail.queries import Reader, one_message
from amends.outbox.compose import Person, address
from amends.outbox.models import Draft, State
from amends.signals.models import SignalKind
from amends.signals.queries import standing as standing_signals

SUBJECT = "An introduction"
_QUOTED = 2000


def open_one(reader: Reader, referral_out_id: uuid.UUID) -> ReferralOut:
    """One that stands and whose words this reader may read. Raises `ReferralOut.DoesNotExist`."""
    row = referrals().get(public_id=referral_out_id)
    if row.answer is not None and row.answer.message is not None:
        try:
            one_message(reader, row.answer.message)
        except Message.DoesNotExist:
            raise ReferralOut.DoesNotExist from None
    return row


def key(referral: ReferralOut) -> uuid.UUID:
    """The id of the letter to the supplier."""
    return key_of("supplier", referral.public_id)


def words(reader: Reader, referral: ReferralOut, *, named: bool = False, quoted: bool = False, by: Member) -> str:
    """Words to tell the supplier with: without the client's name and without their own words, unless somebody chose
    so."""
    supplier = referral.supplier
    first = supplier.contact.split()[0] if supplier.contact else ""
    whom = referral.client.name if named else "One of our clients"
    said = _their_words(reader, referral) if quoted else ""
    return (
        f"{f'Dear {first},' if first else 'Hello,'}\n\n{whom} needs somebody for this: {referral.what.rstrip('.')}. "
        "I gave them your name, and they may write to you. Would you have time for them? Tell me if it does not suit "
        f"you, and I find them somebody else.\n\n{said}Kind regards\n{by.name}\n"
    )


def _their_words(reader: Reader, referral: ReferralOut) -> str:
    if referral.answer is None or referral.answer.message is None:
        return ""
    message = one_message(reader, referral.answer.message)
    rows = standing_signals().filter(message=message, kind=SignalKind.SCOPE_REQUEST).order_by("start", "pk")
    quotes = dict.fromkeys(row.quote.strip() for row in rows if row.quote.strip())
    if not quotes:
        return ""
    lines = " … ".join(quotes)[:_QUOTED]
    return f"In their own words: “{lines}”\n\n"


def tell_supplier(
    reader: Reader, referral_out_id: uuid.UUID, *, subject: str, text: str, seen: frozenset[str] = frozenset(),
    by: Member, now: datetime,
) -> Draft:  # fmt: skip
    """Write to the supplier, through the check and the outbox. Raises `ReferralOut.DoesNotExist`, `Refused` where no
    address is known, and what `send.outside.write` raises."""
    referral = open_one(reader, referral_out_id)
    supplier = referral.supplier
    if not supplier.email:
        raise Refused(f"No address of {supplier.name} is known: enter one in the directory first.")
    person = Person(supplier.contact or supplier.name, address(supplier.email))
    with transaction.atomic():
        draft = write(reader, Letter(key(referral), [person], subject, text, seen), by=by, now=now)
        actions.told_supplier(referral, draft.public_id)
        note("referral.supplier_told", member=by, about=f"referral {referral.public_id}", now=now)
    return draft


def letter_of(referral: ReferralOut) -> Draft | None:
    """The letter to the supplier, once it was written."""
    return Draft.objects.filter(public_id=key(referral)).first()


def may_write(referral: ReferralOut) -> bool:
    """Whether it is still to be written, or was taken back."""
    draft = letter_of(referral)
    return draft is None or draft.state in {State.DRAFT, State.DROPPED}


def say_helped(
    reader: Reader, referral_out_id: uuid.UUID, outcome: str, *, words: str = "", was: str | None = None, by: Member,
    now: datetime,
) -> ReferralOut:  # fmt: skip
    """Say what came of it; `was` None changes whatever is known. Raises `ReferralOut.DoesNotExist`, `Refused`,
    `Stale`."""
    referral = open_one(reader, referral_out_id)
    if outcome not in Helped.values:
        raise Refused("Say whether it helped: yes, no, or that nobody knows.")
    said = texts.line(words, most=500, what="What came of it")
    with transaction.atomic():
        before = referral.helped if was is None else was
        actions.helped(referral, outcome, words=said, was=before, by=by, now=now)
        settle(of_referrals([referral.pk]), now=now)
        note("referral.outcome", member=by, about=f"referral {referral.public_id}", detail={"helped": outcome}, now=now)
    return referral
