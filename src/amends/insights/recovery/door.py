"""Who may read the words of a recovery: whoever may read every message that it is about."""

from __future__ import annotations

import uuid

from amends.mail.queries import Reader
from amends.recovery import queries
from amends.recovery.models import Recovery


def readable_recovery(reader: Reader, recovery_id: uuid.UUID) -> Recovery:
    """A recovery, for somebody who may read all that it quotes.

    Raises `Recovery.DoesNotExist` where there is none, and where some of it is closed to the reader.
    """
    found = queries.find(recovery_id)
    if not queries.may_see(reader, found):
        raise Recovery.DoesNotExist
    return found
