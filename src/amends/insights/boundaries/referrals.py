"""Introductions as somebody may see them: that there was one is everybody's, its words rest on mail."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from amends.boundaries.models import ReferralOut, Supplier
from amends.boundaries.queries.limits import referrals
from amends.clients.models import Client
from amends.mail.queries import Reader, readable

_MOST = 200


@dataclass(frozen=True, slots=True)
class Told:
    """One introduction; `open`: whoever asks may read what it rests on, and so its words."""

    referral: ReferralOut
    open: bool


def referred_to(reader: Reader, supplier: Supplier) -> list[Told]:
    """Whom we sent to a supplier, the newest first."""
    return told_of(reader, referrals().filter(supplier=supplier).order_by("-at", "-pk")[:_MOST])


def referred_from(reader: Reader, client: Client) -> list[Told]:
    """Where we sent a client, the newest first."""
    return told_of(reader, referrals().filter(client=client).order_by("-at", "-pk")[:_MOST])


def told_of(reader: Reader, sent: Iterable[ReferralOut]) -> list[Told]:
    """The same rows, each with whether its words may be read; one query."""
    found = list(sent)
    about = {one.answer.message for one in found if one.answer is not None and one.answer.message is not None}
    seen = set(readable(reader).filter(public_id__in=about).values_list("public_id", flat=True)) if about else set()
    shown = [Told(one, _is_open(one, seen)) for one in found]
    for each in shown:
        if not each.open:  # in memory alone: whoever may not read it is given no words to show
            without_words(each.referral)
    return shown


def without_words(referral: ReferralOut) -> None:
    """Take the words from a row that is about to be shown."""
    referral.what = referral.helped_words = ""
    if referral.answer is not None:
        referral.answer.words = ""


def _is_open(one: ReferralOut, seen: set[uuid.UUID]) -> bool:
    return one.answer is None or one.answer.message is None or one.answer.message in seen
