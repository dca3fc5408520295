"""Requests to give more than one may alone: the list, and the page of one, where it is answered."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows.recovery import approvals as flows
from amends.insights.recovery.giving import approvals_for, asked
from amends.recovery.models import Approval
from amends.web.guard import has, needs
from amends.web.http import clock, member_of, reader_of


@needs(Right.ACT)
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Open requests, and those that were answered."""
    return render(request, "recovery/approvals.html", {"rows": approvals_for(member_of(request))})


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, approval_id: uuid.UUID) -> HttpResponse:
    """Everything it takes to answer one request; looking at it changes nothing."""
    if request.method != "POST":
        return _page(request, approval_id)
    if request.POST.get("do") not in {"approve", "refuse"}:
        raise Http404
    _page(request, approval_id)  # 404 where it is not theirs to know
    approve = request.POST["do"] == "approve"
    try:
        flows.decide(
            approval_id, approve=approve, why=request.POST.get("why", ""), by=member_of(request), now=clock()
        )  # fmt: skip
    except Approval.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        late = isinstance(error, flows.Settled)
        status = 409 if late else 422 if has(request, Right.DECIDE) else 403
        return _page(request, approval_id, problem=str(error), why=request.POST.get("why", ""), status=status)
    messages.success(request, _("Approved.") if approve else _("Not approved. Whoever asked is told why."))
    return redirect("approval", approval_id)


def _page(
    request: HttpRequest, approval_id: uuid.UUID, *, status: int = 200, problem: str = "", why: str = ""
) -> HttpResponse:
    member, now = member_of(request), clock()
    try:
        found = asked(reader_of(request), approval_id, by=member, now=now)
    except Approval.DoesNotExist as error:
        raise Http404 from error
    refusal = flows.refusal(found.approval, by=member, now=now)
    own = member in (found.approval.asked_by, found.approval.remedy.by)
    context = {
        "asked": found, "giving": found.giving, "problem": problem, "why": why, "refusal": refusal, "own": own,
        "may_decide": has(request, Right.DECIDE),
    }  # fmt: skip
    return render(request, "recovery/approval.html", context, status=status)
