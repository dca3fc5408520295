"""Partings, to read: whether to part is a person's decision, and no program's."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from ninja import Router

from amends.api.cursors import key_of
from amends.api.door import Bearer
from amends.api.v1.parts import Cursor, Limit, answers, paged
from amends.api.v1.schemas.common import Paged
from amends.api.v1.schemas.limits import PartingOut
from amends.boundaries.queries.parting import find
from amends.firm.rules import Right, Scope
from amends.insights.lists.boundaries import parting_page

router = Router(tags=["Boundaries"])
READ = Bearer(Scope.READ_BOUNDARIES, right=Right.DECIDE)


@router.get("/partings", auth=READ, response=answers(Paged[PartingOut]), summary="Partings")
def list_partings(request: HttpRequest, limit: Limit, cursor: Cursor) -> Any:
    """How relationships are ended, and were, the newest first; for partners and administrators."""
    return paged(parting_page(after=key_of(cursor, int), limit=limit), PartingOut.of)


@router.get("/partings/{uuid:parting_id}", auth=READ, response=answers(PartingOut, 404), summary="One parting")
def get_parting(request: HttpRequest, parting_id: uuid.UUID) -> PartingOut:
    """One of them."""
    return PartingOut.of(find(parting_id))
