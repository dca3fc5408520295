"""Suppliers, services, requests for more and their answers, introductions and partings, as lists for programs."""

from __future__ import annotations

import uuid

from amends.boundaries.models import Parting, Service, Supplier
from amends.boundaries.queries import limits
from amends.boundaries.queries import parting as partings
from amends.boundaries.queries.answers import answers
from amends.boundaries.queries.limits import Listed, Tally
from amends.clients.models import Client
from amends.insights.boundaries import referrals, requests
from amends.insights.lists.paging import Key, Page, page_of
from amends.mail.privacy import Reader


def supplier_page(*, after: Key | None, limit: int) -> Page[Listed]:
    """The directory, oldest entry first, each with what came of it."""
    page = page_of(Supplier.objects.all(), order=["pk"], after=after, limit=limit)
    counted = limits.tallies([one.pk for one in page.items])
    return page.mapped(lambda one: Listed(one, counted.get(one.pk, Tally())))


def one_supplier(supplier_id: uuid.UUID) -> Listed:
    """One. Raises `Supplier.DoesNotExist`."""
    found = limits.supplier(supplier_id)
    return Listed(found, limits.tallies([found.pk]).get(found.pk, Tally()))


def service_page(*, after: Key | None, limit: int) -> Page[Service]:
    """What the firm does and doesn't, with who does it instead."""
    rows = Service.objects.prefetch_related("done_by__supplier")
    return page_of(rows, order=["pk"], after=after, limit=limit)


def answer_page(reader: Reader, *, client: uuid.UUID | None, after: Key | None, limit: int) -> Page[requests.Told]:
    """How requests were answered, the newest first; words only where they may be read. Raises
    `Client.DoesNotExist`."""
    rows = answers()
    if client is not None:
        rows = rows.filter(client=Client.objects.get(public_id=client))
    page = page_of(rows, order=["-pk"], after=after, limit=limit)
    return Page(requests.told_of(reader, page.items), page.next)


def one_answer(reader: Reader, answer_id: uuid.UUID) -> requests.Told:
    """One that stands. Raises `ScopeAnswer.DoesNotExist`."""
    return requests.told_of(reader, [answers().get(public_id=answer_id)])[0]


def referral_page(
    reader: Reader, *, supplier: uuid.UUID | None, after: Key | None, limit: int
) -> Page[referrals.Told]:  # fmt: skip
    """Introductions, the newest first; words only where they may be read. Raises `Supplier.DoesNotExist`."""
    rows = limits.referrals()
    if supplier is not None:
        rows = rows.filter(supplier=limits.supplier(supplier))
    page = page_of(rows, order=["-pk"], after=after, limit=limit)
    return Page(referrals.told_of(reader, page.items), page.next)


def one_referral(reader: Reader, referral_id: uuid.UUID) -> referrals.Told:
    """One that stands. Raises `ReferralOut.DoesNotExist`."""
    return referrals.told_of(reader, [limits.referrals().get(public_id=referral_id)])[0]


def parting_page(*, after: Key | None, limit: int) -> Page[Parting]:
    """Partings, the newest first; for whoever may decide."""
    return page_of(partings.partings(), order=["-pk"], after=after, limit=limit)
