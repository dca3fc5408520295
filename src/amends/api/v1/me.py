"""Who is asking."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from amends.api.door import Bearer, firm_of, token_of
from amends.api.v1.parts import answers
from amends.api.v1.schemas.me import FirmOut, MeOut
from amends.firm.models import Role

router = Router(tags=["Token"])


@router.get("/me", auth=Bearer(), response=answers(MeOut), summary="The token that was shown")
def me(request: HttpRequest) -> MeOut:
    """Whose token this is, and what it may do."""
    token, firm = token_of(request), firm_of(request)
    return MeOut(
        member=token.member.public_id, email=token.member.email, name=token.member.name, role=Role(token.member.role),
        token=token.name, scopes=token.scopes, expires_at=token.expires_at,
        firm=FirmOut(id=firm.public_id, name=firm.name, timezone=firm.timezone, currency=firm.currency),
    )  # fmt: skip
