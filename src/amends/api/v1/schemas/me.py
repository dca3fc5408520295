"""Who is asking."""

from __future__ import annotations

import uuid

from amends.api.v1.schemas.common import Moment, Out
from amends.firm.models import Role


class FirmOut(Out):
    """The firm of the token."""

    id: uuid.UUID
    name: str
    timezone: str
    currency: str


class MeOut(Out):
    """The token that was shown, its member and firm."""

    member: uuid.UUID
    email: str
    name: str
    role: Role
    token: str
    scopes: list[str]
    expires_at: Moment | None
    firm: FirmOut
