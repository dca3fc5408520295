"""Promises as a list, as far as the reader may read what they rest on."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from amends.clients.models import Client
from amends.firm.models import Firm
from amends.insights.lists.paging import Key, Page, page_of
from amends.insights.promises import Shown, dressed
from amends.mail.queries import Reader
from amends.signals.models import Promise
from amends.signals.queries.promises import may_read, without_faded


def promise_page(
    reader: Reader,
    firm: Firm,
    *,
    now: datetime,
    client: uuid.UUID | None = None,
    state: str = "",
    by: str = "",
    after: Key | None,
    limit: int,
) -> Page[Shown]:
    """Promises, the latest made first, but candidates that nobody looked at in time; raises `Client.DoesNotExist`."""
    wanted: dict[str, Any] = {"client__merged_into": None}
    if client is not None:
        wanted["client"] = Client.objects.only("pk").get(public_id=client)
    wanted |= {name: value for name, value in (("state", state), ("by", by)) if value}
    rows = without_faded(Promise.objects.filter(may_read(reader), **wanted), at=now)
    rows = rows.select_related("client", "engagement", "owner", "message__thread", "replaces", "settled_by")
    page = page_of(rows, order=["-made_at", "-pk"], after=after, limit=limit)
    return Page(dressed(reader, firm, page.items, at=now), page.next)
