"""Search over everything a reader may read: messages newest first, and clients by name."""

from __future__ import annotations

from dataclasses import dataclass

from amends.clients.models import Client
from amends.insights.address_book import clients_named
from amends.insights.lists.mail import with_people
from amends.mail.models import Message
from amends.mail.queries import Reader, readable, search, texts

PAGE = 30


@dataclass(frozen=True, slots=True)
class Found:
    """One page of answers. `texts` holds the new text by message key, `older` the key to continue with."""

    clients: list[Client]
    messages: list[Message]
    texts: dict[int, str]
    older: int | None


def find_messages(reader: Reader, words: str, *, before: int | None, limit: int) -> Found:
    """One page of messages with all these words, each with body and people, and no clients."""
    found = search(reader, words, before=before, limit=limit + 1)
    page = found[:limit]
    whole = {
        one.pk: one
        for one in with_people(reader, readable(reader)).select_related("body").filter(pk__in=[m.pk for m in page])
    }
    return Found(
        [], [whole[one.pk] for one in page if one.pk in whole], {}, page[-1].pk if len(found) > limit else None
    )


def find(reader: Reader, words: str, *, before: int | None = None) -> Found:
    """Messages with all these words, newest first; on the first page also clients of that name."""
    if not words.strip():
        return Found([], [], {}, None)
    messages = search(reader, words, before=before, limit=PAGE + 1)
    page = messages[:PAGE]
    return Found(
        clients=clients_named(words.strip()) if before is None else [],
        messages=page,
        texts=texts(reader, [message.pk for message in page]),
        older=page[-1].pk if len(messages) > PAGE else None,
    )
