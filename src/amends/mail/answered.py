"""Which stored conversation a message that is not stored answers, by what its headers name."""

from __future__ import annotations

from collections.abc import Sequence

from amends.core.ids import hash63
from amends.mail.models import Message, Thread, ThreadLink
from amends.mail.queries import Reader, conversation


def conversation_answered(reader: Reader, message_ids: Sequence[str]) -> list[Message]:
    """The messages of the conversation to which the nearest known of these Message-IDs (nearest first, without
    brackets) belongs, oldest first, as `conversation` gives them; none where there is none that the reader may read."""
    keys = {hash63(each): at for at, each in reversed(list(enumerate(message_ids)))}
    found = ThreadLink.objects.filter(key__in=keys).values_list("key", "thread__public_id")
    nearest = min(found, key=lambda row: keys[row[0]], default=None)
    if nearest is None:
        return []
    try:
        return conversation(reader, nearest[1])[1]
    except Thread.DoesNotExist:
        return []
