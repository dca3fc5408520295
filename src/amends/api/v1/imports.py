"""How imports are doing."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from amends.api.cursors import key_of
from amends.api.door import Bearer, reader_of
from amends.api.v1.parts import Cursor, Limit, answers, paged
from amends.api.v1.schemas.common import Paged
from amends.api.v1.schemas.mail import ImportOut
from amends.firm.rules import Scope
from amends.insights.lists.mail import run_page
from amends.mail.queries import one_run

router = Router(tags=["Imports"])
READ = Bearer(Scope.READ_IMPORTS)


@router.get("/imports", auth=READ, response=answers(Paged[ImportOut]), summary="Imports")
def list_imports(request: HttpRequest, limit: Limit, cursor: Cursor) -> Any:
    """Imports into mailboxes that you may read, and your own, the latest first."""
    return paged(run_page(reader_of(request), after=key_of(cursor, datetime, int), limit=limit), ImportOut.of)


@router.get("/imports/{uuid:run_id}", auth=READ, response=answers(ImportOut, 404), summary="One import")
def get_import(request: HttpRequest, run_id: uuid.UUID) -> ImportOut:
    """How far an import is, and what came of it: seen = imported + duplicates + skipped + set_aside."""
    return ImportOut.of(one_run(reader_of(request), run_id))
