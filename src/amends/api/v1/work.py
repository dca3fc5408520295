"""Time entries."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from amends.api.cursors import key_of
from amends.api.door import Bearer
from amends.api.v1.parts import Cursor, Limit, Words, answers, paged
from amends.api.v1.schemas.clients import TimeOut
from amends.api.v1.schemas.common import Day, Paged
from amends.firm.rules import Scope
from amends.insights.lists.clients import time_page

router = Router(tags=["Time"])


@router.get("/time", auth=Bearer(Scope.READ_TIME), response=answers(Paged[TimeOut], 404), summary="Time entries")
def list_time(
    request: HttpRequest,
    client: Annotated[uuid.UUID | None, Query(None, description="Only time for this client")],
    engagement: Annotated[uuid.UUID | None, Query(None, description="Only time on this engagement")],
    person: Words,
    billable: Annotated[bool | None, Query(None)],
    since: Annotated[Day | None, Query(None, description="From this day on")],
    until: Annotated[Day | None, Query(None, description="Up to this day")],
    limit: Limit,
    cursor: Cursor,
) -> Any:
    """What was worked, the latest day first; `person` is a whole name as the export gave it."""
    page = time_page(
        client=client, engagement=engagement, person=person, billable=billable, since=since, until=until,
        after=key_of(cursor, date, int), limit=limit,
    )  # fmt: skip
    return paged(page, TimeOut.of)
