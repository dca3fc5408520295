"""What forms say of promises."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, QueryDict

from amends.clients.models import Client, Engagement
from amends.firm.models import Member
from amends.flows.promises.settle import Given, PromiseRefused


def given_by(request: HttpRequest) -> Given:
    """What a form says; a date that was left as it was shown is not said anew."""
    posted = request.POST
    due = posted.get("due")
    if due is not None and due.strip() == posted.get("due_was", "").strip() and "due_was" in posted:
        due = None
    owner, engagement = posted.get("owner"), posted.get("engagement")
    return Given(
        text=posted.get("text"), due=due,
        owner=_member(owner) if owner else None, no_owner=owner == "",
        engagement=_engagement(engagement) if engagement else None, no_engagement=engagement == "",
        recurs=posted.get("recurs"),
    )  # fmt: skip


def client_of(posted: QueryDict) -> Client:
    """The client that was chosen, by its id or by its name. Raises `PromiseRefused`."""
    said = posted.get("client", "").strip()
    rows = Client.objects.filter(merged_into=None)
    number = _id(said)
    found = list((rows.filter(public_id=number) if number else rows.filter(name__iexact=said)).order_by("pk")[:2])
    if len(found) != 1:
        raise PromiseRefused("Choose the client from the list." if said else "Say which client it is about.")
    return found[0]


def number_of(value: str) -> int | None:
    """A small whole number; None where it is none."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else None


def _member(said: str) -> Member:
    number = _id(said)
    found = Member.objects.filter(public_id=number, is_active=True).first() if number else None
    if found is None:
        raise PromiseRefused("That is nobody of the firm: choose somebody from the list.")
    return found


def _engagement(said: str) -> Engagement:
    number = _id(said)
    found = Engagement.objects.filter(public_id=number).first() if number else None
    if found is None:
        raise PromiseRefused("That engagement is not there: choose one from the list.")
    return found


def _id(said: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(said)
    except ValueError:
        return None
