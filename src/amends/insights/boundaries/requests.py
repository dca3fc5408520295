"""Requests for more than agreed, as somebody may see them: what was asked, what is agreed, how it was answered."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from amends.boundaries.models import ScopeAnswer, Service, WorkScope
from amends.boundaries.queries import answers as answered
from amends.boundaries.queries import limits
from amends.boundaries.queries.answers import Absorbed
from amends.boundaries.queries.limits import Listed
from amends.clients.models import Client, Engagement
from amends.insights.boundaries.referrals import without_words
from amends.mail.models import Message
from amends.mail.queries import Reader, one_message, readable
from amends.outbox.models import Draft
from amends.signals.models import SignalKind
from amends.signals.queries import standing

_MOST = 100


@dataclass(frozen=True, slots=True)
class Work:
    """An open engagement of the client, and what is said of its scope."""

    engagement: Engagement
    scope: WorkScope | None


@dataclass(frozen=True, slots=True)
class Told:
    """One answer; `open`: whoever asks may read what it rests on, and so its words. `draft` says it to the client."""

    answer: ScopeAnswer
    open: bool
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What the page of a request shows; without a message it came by another way."""

    client: Client
    message: Message | None
    quotes: list[str]
    works: list[Work]
    services: list[Service]
    suppliers: list[Listed]
    told: Told | None


@dataclass(frozen=True, slots=True)
class ClientAnswers:
    """How a client's requests were answered, and what was absorbed."""

    told: list[Told]
    absorbed: Absorbed


def request_in(reader: Reader, message_id: uuid.UUID) -> Request:
    """The request in a message. Raises `Message.DoesNotExist`, also where it is of no client."""
    message = one_message(reader, message_id)
    client = message.client or message.thread.client
    if client is None:
        raise Message.DoesNotExist
    rows = standing().filter(message=message, kind=SignalKind.SCOPE_REQUEST).order_by("start", "pk")
    quotes = list(dict.fromkeys(row.quote.strip() for row in rows if row.quote.strip()))
    known = answered.to_message(message.public_id)
    return _request(client, message, quotes, told_of(reader, [known])[0] if known else None)


def request_of(client: Client) -> Request:
    """A request that did not come by mail."""
    return _request(client, None, [], None)


def _request(client: Client, message: Message | None, quotes: list[str], known: Told | None) -> Request:
    rows = list(Engagement.objects.filter(client=client, closed_at=None).order_by("-starts_on", "-pk")[:_MOST])
    scopes = {row.engagement_id: row for row in WorkScope.objects.filter(engagement__in=rows)}
    return Request(
        client=client, message=message, quotes=quotes, works=[Work(one, scopes.get(one.pk)) for one in rows],
        services=[one for one in limits.services() if one.how != "well"],
        suppliers=limits.suppliers(all_of_them=False), told=known,
    )  # fmt: skip


def of_client(reader: Reader, client: Client) -> ClientAnswers:
    """Everything that was answered of a client, the newest first."""
    rows = answered.of_client(client)
    return ClientAnswers(told_of(reader, rows[:_MOST]), answered.absorbed(rows))


def of_engagement(reader: Reader, engagement: Engagement) -> ClientAnswers:
    """The same of one engagement."""
    rows = answered.of_engagement(engagement)
    return ClientAnswers(told_of(reader, rows[:_MOST]), answered.absorbed(rows))


def told_of(reader: Reader, answers: Iterable[ScopeAnswer]) -> list[Told]:
    """These answers, each with whether its words may be read; two queries."""
    found = list(answers)
    about = {one.message for one in found if one.message is not None}
    seen = set(readable(reader).filter(public_id__in=about).values_list("public_id", flat=True)) if about else set()
    ids = [one.draft for one in found if one.draft is not None]
    drafts = {one.public_id: one for one in Draft.objects.filter(public_id__in=ids)} if ids else {}
    shown = [
        Told(one, one.message is None or one.message in seen, drafts.get(one.draft) if one.draft else None)
        for one in found
    ]
    for each in shown:
        if not each.open:  # in memory alone: whoever may not read it is given no words to show
            each.answer.words = ""
            if (referral := getattr(each.answer, "referral", None)) is not None:
                without_words(referral)
    return shown
