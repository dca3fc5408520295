"""Taking mail out of the house as it came: originals and attachments. Whoever takes what is not theirs is noted."""

from __future__ import annotations

import uuid
from datetime import datetime

from amends.firm.audit import note
from amends.mail.queries import Reader, lies_with, one_message, raw_bytes


def open_raw(reader: Reader, message_id: uuid.UUID, *, did: str, now: datetime, address: str | None = None) -> bytes:
    """The bytes of a message, for a reader who may read it.

    `did` is what the audit log says where the message lies in no mailbox of theirs. Raises `Message.DoesNotExist` and
    `RawMissing`.
    """
    message = one_message(reader, message_id)
    found = raw_bytes(reader, message)
    if reader.member is not None and reader.member.pk not in lies_with(message):
        note(did, member=reader.member, about=f"message {message.public_id}", now=now, address=address)
    return found
