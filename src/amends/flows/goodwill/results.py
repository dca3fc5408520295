"""What comes back: reviews and mentions in public, recommendations, renewals."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, transaction

from amends.clients.models import Client, Engagement
from amends.core.errors import AmendsError
from amends.core.money import Money, of_decimal
from amends.firm.audit import note
from amends.firm.models import Firm, Member
from amends.firm.queries import firm_in_scope
from amends.firm.rules import Right, may
from amends.flows import engagements
from amends.flows.capital.posting import settle
from amends.flows.capital.sources.goodwill import of_referrals, of_renewals, of_reviews
from amends.flows.goodwill.public import told_on_today
from amends.flows.goodwill.reading import (
    BadWords,
    acting,
    client_of,
    day_of,
    link_of,
    money_of,
    text_of,
    today,
    words_of,
)
from amends.flows.recovery.remedies import NotYours
from amends.goodwill.actions.gestures import Moved
from amends.goodwill.models import Became, Referral, Renewal, Review

_HALVES = {Decimal(n) / 2 for n in range(2, 11)}


class Known(AmendsError):
    """The same is written down already."""


# -- reviews ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """A review as a person typed it, or as a row of a file holds it. `complaint`: yes, no, or nothing for its stars."""

    place: str
    on: str = ""
    stars: str = ""
    words: str = ""
    author: str = ""
    link: str = ""
    complaint: str = ""


def add_review(client: Client | None, said: Said, *, by: Member | None, now: datetime) -> tuple[Review, bool]:
    """Write down what was said in public; the same again changes nothing. Returns it, and whether it is new.

    `by` None is the command line. Raises `NotYours`, `BadWords`.
    """
    if by is not None:
        acting(by)
    values = read_review(said, firm_in_scope(), now=now)
    known = Review.objects.filter(fingerprint=values["fingerprint"]).first()
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            review = Review.objects.create(client=client, by=by, at=now, **values)
            _review_changed("added", review, by=by, now=now)
    except IntegrityError:  # written down at the same moment
        return Review.objects.get(fingerprint=values["fingerprint"]), False
    return review, True


def change_review(
    review_id: uuid.UUID, *, do: str, client: uuid.UUID | None = None, by: Member, now: datetime
) -> Review:  # fmt: skip
    """`remove` it or `restore` it; say that it is a `complaint`, or is `none`; that it is `answered`, or `open` again;
    or whose it is (`whose`). Raises `Review.DoesNotExist`, `Client.DoesNotExist`, `BadWords`.
    """
    acting(by)
    review = Review.objects.select_related("client").get(public_id=review_id)
    match do:
        case "remove" | "restore":
            values: dict[str, Any] = {"removed_at": now if do == "remove" else None}
        case "complaint" | "none":
            values = {"complaint": do == "complaint"}
        case "answered" | "open":
            values = {"answered_at": now if do == "answered" else None}
        case "whose":
            if client is None:
                raise BadWords("Say whose it is.")
            values = {"client": client_of(client)}
        case _:
            raise BadWords("Say what to do with it: remove, restore, complaint, none, answered, open or whose.")
    with transaction.atomic():
        Review.objects.filter(pk=review.pk).update(**values)
        review = Review.objects.select_related("client").get(pk=review.pk)
        _review_changed(do, review, by=by, now=now)
    return review


def read_review(said: Said, firm: Firm, *, now: datetime) -> dict[str, Any]:
    """The values of a review. Raises `BadWords`."""
    place = words_of(said.place, most=100, say="Say where it stands: Google, Clutch, a newspaper.")
    words, stars = text_of(said.words, most=5000), stars_of(said.stars)
    if not words and stars is None:
        raise BadWords("A review has words or stars: write down what they said.")
    if said.complaint not in {"", "yes", "no"}:
        raise BadWords("Say yes or no to whether it is a complaint, or leave it to the stars.")
    on = day_of(said.on, firm, now=now) or today(firm, now=now)
    author = words_of(said.author, most=200)
    return {
        "place": place, "said_on": on, "stars": stars, "words": words, "author": author, "link": link_of(said.link),
        "complaint": {"": None, "yes": True, "no": False}[said.complaint],
        "fingerprint": _fingerprint(place, on, author, stars, words),
    }  # fmt: skip


def stars_of(text: str) -> Decimal | None:
    """Stars from 1 to 5, in halves: 4, 4.5, 4/5; None where there are none. Raises `BadWords`."""
    plain = text.strip().replace(",", ".").removesuffix("/5").strip()
    if not plain:
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal(0)
    if not number.is_finite() or number not in _HALVES:
        raise BadWords(f"{text.strip()[:40]!r} is no number of stars: write 1 to 5, in halves, or leave it empty.")
    return number


def _fingerprint(place: str, on: date, author: str, stars: Decimal | None, words: str) -> str:
    number = f"{stars:.1f}" if stars is not None else ""
    said = "\x1f".join([place, on.isoformat(), author, number, " ".join(words.split())])
    return hashlib.sha256(said.casefold().encode()).hexdigest()


def _review_changed(did: str, review: Review, *, by: Member | None, now: datetime) -> None:
    told_on_today(review, now=now)
    note(f"review.{did}", member=by, about=f"review {review.public_id}", detail={"place": review.place}, now=now)
    settle(of_reviews([review.pk]), now=now)


# -- recommendations ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recommended:
    """A recommendation as a person typed it."""

    whom: str
    who: str = ""
    on: str = ""
    words: str = ""
    became: str = Became.OPEN
    new_client: uuid.UUID | None = None
    worth: str = ""


def add_referral(client_id: uuid.UUID, said: Recommended, *, by: Member, now: datetime) -> Referral:
    """This client recommended us. Raises `Client.DoesNotExist`, `NotYours`, `BadWords`, `BadAmount`."""
    acting(by)
    client = client_of(client_id)
    values = _referral(client, said, firm_in_scope(), now=now)
    with transaction.atomic():
        made = Referral.objects.create(client=client, by=by, at=now, **values)
        _referral_changed("added", made, by=by, now=now)
    return made


def change_referral(
    referral_id: uuid.UUID, said: Recommended, *, version: int, by: Member, now: datetime
) -> Referral:  # fmt: skip
    """What it became; a worth that is not typed stays. Raises as `add_referral`, and `Moved`."""
    acting(by)
    referral = Referral.objects.select_related("client").get(public_id=referral_id)
    values = _referral(referral.client, said, firm_in_scope(), now=now)
    if not said.worth.strip() and values["became"] == Became.CLIENT:
        del values["worth"], values["currency"]
    if not said.on.strip():
        del values["said_on"]
    with transaction.atomic():
        rows = Referral.objects.filter(pk=referral.pk, version=version, removed_at=None)
        if not rows.update(**values, version=version + 1):
            raise Moved
        referral.refresh_from_db()
        _referral_changed("changed", referral, by=by, now=now)
    return referral


def remove_referral(referral_id: uuid.UUID, *, again: bool = False, by: Member, now: datetime) -> Referral:
    """It was written down by mistake; or (`again`) it was not."""
    acting(by)
    referral = Referral.objects.get(public_id=referral_id)
    with transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(removed_at=None if again else now)
        _referral_changed("restored" if again else "removed", referral, by=by, now=now)
    return referral


def _referral(client: Client, said: Recommended, firm: Firm, *, now: datetime) -> dict[str, Any]:
    if said.became not in Became.values:
        raise BadWords("Say what it became: a client here, nothing, or not known yet.")
    new = None
    if said.new_client is not None:
        new = Client.objects.filter(public_id=said.new_client, merged_into=None).first()
        if new is None:
            raise BadWords("That client is not there any more: choose another, or none.")
        if new.pk == client.pk:
            raise BadWords(f"{client.name} recommended us to somebody else: choose who became a client.")
    became = Became.CLIENT if new is not None else said.became
    worth = money_of(said.worth, firm)
    return {
        "whom": words_of(said.whom, most=200, say="Say to whom they recommended us."),
        "who": words_of(said.who, most=200),
        "said_on": day_of(said.on, firm, now=now) or today(firm, now=now),
        "words": text_of(said.words, most=2000),
        "became": became,
        "new_client": new,
        "worth": worth.units if worth else None,
        "currency": firm.currency if worth else "",
    }


def _referral_changed(did: str, referral: Referral, *, by: Member, now: datetime) -> None:
    note(f"referral.{did}", member=by, about=f"referral {referral.public_id}", now=now)
    settle(of_referrals([referral.pk]), now=now)


# -- renewals -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Renewed:
    """A renewal as a person typed it: on which day, until when, and what it is worth a year from then on."""

    engagement: uuid.UUID | None
    on: str = ""
    next_on: str = ""
    value: str = ""


def renew(said: Renewed, *, by: Member, now: datetime) -> Renewal:
    """Write down a renewal, and say the new date and value of the engagement with it.

    Raises `NotYours`, `BadWords`, `BadAmount`, and `Known` where that day's is written down.
    """
    if not may(by.role, Right.CURATE):
        raise NotYours("Account managers, partners and administrators renew engagements: ask one of yours.")
    rows = Engagement.objects.select_related("client")
    engagement = rows.filter(public_id=said.engagement).first() if said.engagement else None
    if engagement is None:
        raise BadWords("Choose which engagement they renewed.")
    firm = firm_in_scope()
    on = day_of(said.on, firm, now=now) or today(firm, now=now)
    next_on = day_of(said.next_on, firm, now=now, ahead=True)
    if next_on is not None and next_on <= on:
        raise BadWords("It renews again after the day on which it was renewed: change one of the two dates.")
    value = money_of(said.value, firm)
    if value is not None and engagement.currency not in {"", firm.currency}:
        raise BadWords(f"This engagement counts in {engagement.currency}: change its value on its own page.")
    try:
        with transaction.atomic():
            made = Renewal.objects.create(
                client=engagement.client, engagement=engagement, renewed_on=on, next_on=next_on,
                value=value.units if value else None, currency=firm.currency if value else "",
                was_on=engagement.renews_on, was_value=_units(engagement, firm), by=by, at=now,
            )  # fmt: skip
            _say_anew(engagement, next_on, value, by=by, now=now)
            _renewal_changed("added", made, by=by, now=now)
    except IntegrityError:
        raise Known(f"That {engagement.name} was renewed on {on:%-d %B %Y} is written down already.") from None
    return made


def remove_renewal(renewal_id: uuid.UUID, *, by: Member, now: datetime) -> Renewal:
    """It was written down by mistake: the engagement is as before, where nobody changed it since."""
    acting(by)
    renewal = Renewal.objects.select_related("engagement__client").get(public_id=renewal_id)
    engagement, firm = renewal.engagement, firm_in_scope()
    with transaction.atomic():
        if not Renewal.objects.filter(pk=renewal.pk, removed_at=None).update(removed_at=now):
            raise Moved
        back: dict[str, Any] = {}
        if renewal.next_on is not None and engagement.renews_on == renewal.next_on:
            back["renews_on"] = renewal.was_on
        if renewal.value is not None and _units(engagement, firm) == renewal.value:
            was = renewal.was_value
            back["yearly_value"] = Money(was, firm.currency).amount if was is not None else None
        if back:
            engagements.change(engagement, back, version=engagement.version, member=by, now=now)
        _renewal_changed("removed", renewal, by=by, now=now)
    return renewal


def _units(engagement: Engagement, firm: Firm) -> int | None:
    value = engagement.yearly_value
    return None if value is None else of_decimal(value, engagement.currency or firm.currency).units


def _say_anew(engagement: Engagement, next_on: date | None, value: Money | None, *, by: Member, now: datetime) -> None:
    said: dict[str, Any] = {}
    if next_on is not None:
        said["renews_on"] = next_on
    if value is not None:
        said["yearly_value"] = value.amount
    if said:
        engagements.change(engagement, said, version=engagement.version, member=by, now=now)


def _renewal_changed(did: str, renewal: Renewal, *, by: Member, now: datetime) -> None:
    note(f"renewal.{did}", member=by, about=f"renewal {renewal.public_id}", now=now)
    settle(of_renewals([renewal.pk]), now=now)
