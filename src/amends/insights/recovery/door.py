"""Who may read the words of a recovery: whoever may read every message that it is about."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from amends.mail.privacy import partly_hidden, readable
from amends.mail.queries import Reader
from amends.recovery.models import Issue, Recovery


def readable_recovery(reader: Reader, recovery_id: uuid.UUID) -> Recovery:
    """A recovery, for somebody who may read all that it quotes.

    Raises `Recovery.DoesNotExist` where there is none, and where some of it is closed to the reader: a brief or a
    call is one text, of which nobody can say which word came from which message.
    """
    found = Recovery.objects.select_related("client", "engagement", "owner").get(public_id=recovery_id)
    if not reader.restricted:
        return found
    threads = list(found.threads.values_list("thread_id", flat=True))
    issues = Issue.objects.filter(recovery=found).exclude(message=None)
    quoted: Sequence[int] = list(issues.values_list("message_id", flat=True))
    if (
        reader.doors.nothing
        or partly_hidden(reader, threads)
        or readable(reader).filter(pk__in=quoted).count() < len(set(quoted))
    ):
        raise Recovery.DoesNotExist
    return found
