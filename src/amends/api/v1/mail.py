"""Conversations, messages and search: all that the token's member may read, and nothing else."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router

from amends.api.cursors import cursor_of, key_of
from amends.api.door import Bearer, reader_of
from amends.api.v1.parts import Cursor, Limit, answers, paged
from amends.api.v1.schemas.common import NO_NUL, Paged
from amends.api.v1.schemas.mail import Hit, MessageOut, MessageWhole, ThreadOut, ThreadWhole, Words
from amends.firm.rules import Scope
from amends.insights.finding import find_messages
from amends.insights.lists.mail import message_page, message_with_people, messages_of_thread, thread_page, words_of
from amends.mail.queries import new_text_of, one_message, raw_bytes
from amends.mail.raw import RawMissing

router = Router(tags=["Mail"])
READ = Bearer(Scope.READ_MAIL)
_ORIGINAL = {
    "responses": {
        200: {
            "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@router.get(
    "/clients/{uuid:client_id}/threads", auth=READ, response=answers(Paged[ThreadOut], 404),
    summary="A client's conversations",
)  # fmt: skip
def list_threads(request: HttpRequest, client_id: uuid.UUID, limit: Limit, cursor: Cursor) -> Any:
    """The latest first. Mail that arrives while you page moves its conversation to the front."""
    page = thread_page(reader_of(request), client_id, after=key_of(cursor, datetime, int), limit=limit)
    return paged(page, lambda thread: ThreadOut.of(thread, messages=thread.readable_count))


@router.get("/threads/{uuid:thread_id}", auth=READ, response=answers(ThreadWhole, 404), summary="One conversation")
def get_thread(request: HttpRequest, thread_id: uuid.UUID) -> ThreadWhole:
    """A conversation with its messages, oldest first, in their senders' own words."""
    thread, messages = messages_of_thread(reader_of(request), thread_id)
    known = ThreadOut.of(thread, messages=len(messages))
    return ThreadWhole(**dict(known), turns=[MessageWhole.of(message) for message in messages])


@router.get("/messages", auth=READ, response=answers(Paged[MessageOut], 404), summary="Messages")
def list_messages(
    request: HttpRequest,
    client: Annotated[uuid.UUID | None, Query(None, description="Only those with this client")],
    kind: Annotated[str, Query("", max_length=20, pattern=NO_NUL, description="Only those of this kind")],
    limit: Limit,
    cursor: Cursor,
) -> Any:
    """The newest first, without their words."""
    page = message_page(reader_of(request), client=client, kind=kind, after=key_of(cursor, int), limit=limit)
    return paged(page, MessageOut.of)


@router.get("/messages/{uuid:message_id}", auth=READ, response=answers(MessageWhole, 404), summary="One message")
def get_message(request: HttpRequest, message_id: uuid.UUID) -> MessageWhole:
    """A message with its sender's own words, without quotes and signature."""
    return MessageWhole.of(message_with_people(reader_of(request), message_id))


@router.get("/messages/{uuid:message_id}/text", auth=READ, response=answers(Words, 404), summary="A message's words")
def get_message_text(request: HttpRequest, message_id: uuid.UUID) -> Words:
    """All words of a message, and which of them are quotes, signature and so on."""
    return Words.of(words_of(reader_of(request), message_id))


@router.get(
    "/messages/{uuid:message_id}/original", auth=READ, response=answers(None, 404), openapi_extra=_ORIGINAL,
    summary="A message as it came",
)  # fmt: skip
def get_message_original(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """The bytes of a message as they came, attachments and all."""
    reader = reader_of(request)
    try:
        raw = raw_bytes(reader, one_message(reader, message_id))
    except RawMissing as error:
        raise Http404 from error
    return HttpResponse(raw, content_type="message/rfc822", headers={"X-Content-Type-Options": "nosniff"})


@router.get("/search", auth=READ, response=answers(Paged[Hit]), summary="Search")
def search(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=1, max_length=500, pattern=NO_NUL, description="Words that must all be there")],
    limit: Limit,
    cursor: Cursor,
) -> Any:
    """Messages with all these words, the newest first. A phrase in quotes counts as one word, a last * is a prefix."""
    key = key_of(cursor, int)
    found = find_messages(reader_of(request), q, before=key[0] if key else None, limit=limit)
    items = [Hit(**dict(MessageOut.of(message)), new_text=new_text_of(message.body)) for message in found.messages]
    return {"items": items, "next": cursor_of((found.older,) if found.older is not None else None)}
