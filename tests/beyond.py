"""What is given to a client beyond the contract and what came back, for tests of what becomes of rows."""

from __future__ import annotations

import uuid

from tests.conftest import NOW

from amends.clients.models import Client
from amends.goodwill.models import Ask, Claim, Gesture, Guarantee, Referral, Review


def beyond(client: Client, words: str, evidence: uuid.UUID | None = None) -> None:
    """One of each, with these words wherever words may stand."""
    at = {"at": NOW, "changed_at": NOW, "currency": "EUR"}
    Gesture.objects.create(client=client, what=words, why=words, came_of=words, **at)
    Review.objects.create(
        client=client, place=words, words=words, author=words, link=words, said_on=NOW.date(),
        fingerprint=f"{client.pk:064}", at=NOW,
    )  # fmt: skip
    Referral.objects.create(client=client, who=words, whom=words, words=words, said_on=NOW.date(), at=NOW)
    Ask.objects.create(client=client, favour="review", link=words, draft=uuid.uuid4(), at=NOW)
    terms = Guarantee.objects.create(name=words, words=words, kind="refund", **at)
    Claim.objects.create(
        guarantee=terms, client=client, who=words, words=words, gives=words, why=words, failure_mode=words,
        mended=words, claimed_on=NOW.date(), evidence=evidence, **at,
    )  # fmt: skip
