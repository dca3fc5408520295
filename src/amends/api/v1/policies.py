"""The capital policy: its versions, another one previewed, and adopted."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from amends.api.door import Bearer, member_of, now_of
from amends.api.v1.parts import answers
from amends.api.v1.schemas.policies import (
    PoliciesOut,
    PolicyGiven,
    PolicyNew,
    PolicyOut,
    PolicyPreviewOut,
    PolicyVersionOut,
)
from amends.firm.rules import Scope
from amends.flows.capital.policies import adopt
from amends.insights.capital.preview import preview
from amends.insights.capital.versions import version, versions

router = Router(tags=["Capital"])
READ, WRITE = Bearer(Scope.READ_CAPITAL), Bearer(Scope.WRITE_CAPITAL)


@router.get("/policies", auth=READ, response=answers(PoliciesOut), summary="Versions of the capital policy")
def list_policies(request: HttpRequest) -> PoliciesOut:
    """All of them; the first one holds."""
    return PoliciesOut(items=[PolicyVersionOut.of(one) for one in versions()])


@router.get("/policies/{int:number}", auth=READ, response=answers(PolicyOut, 404), summary="One version")
def get_policy(request: HttpRequest, number: int) -> PolicyOut:
    """One version, line by line. Version 1 is the shipped policy."""
    return PolicyOut.of(version(number))


@router.post("/policies/preview", auth=WRITE, response=answers(PolicyPreviewOut, 400), summary="Preview a policy")
def preview_policy(request: HttpRequest, body: PolicyGiven) -> PolicyPreviewOut:
    """What every balance would be had it always held. Changes nothing; takes some seconds a million postings."""
    return PolicyPreviewOut.of(preview(body.text, now=now_of(request)))


@router.post("/policies", auth=WRITE, response=answers(PolicyOut, 400, 409, status=201), summary="Adopt another policy")
def adopt_policy(request: HttpRequest, body: PolicyNew) -> Status[PolicyOut]:
    """It holds for what is posted from then on; what was posted stays as it is. 409 where `after` holds no more."""
    made = adopt(body.text, why=body.why, by=member_of(request), after=body.after, now=now_of(request))
    return Status(201, PolicyOut.of(version(made.number)))
