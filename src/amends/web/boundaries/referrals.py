"""One introduction: the letter to the supplier, and what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from amends.boundaries.models import Helped, ReferralOut
from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows import send
from amends.flows.boundaries import referrals as flows
from amends.judgement.guard import Finding
from amends.outbox.queries import can_send
from amends.web.guard import needs
from amends.web.http import clock, member_of, reader_of


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, referral_out_id: uuid.UUID) -> HttpResponse:
    """An introduction; a POST writes to the supplier, or says whether it helped."""
    try:
        found = flows.open_one(reader_of(request), referral_out_id)
    except ReferralOut.DoesNotExist as error:
        raise Http404 from error
    if request.method != "POST":
        return _page(request, found)
    reader, by, now, given = reader_of(request), member_of(request), clock(), request.POST
    try:
        if given.get("do") == "outcome":
            flows.say_helped(
                reader, referral_out_id, given.get("helped", ""), words=given.get("words", ""),
                was=given.get("was", ""), by=by, now=now,
            )  # fmt: skip
            messages.success(request, _("Noted."))
        else:
            seen = frozenset(given.getlist("seen")[:100])
            flows.tell_supplier(
                reader, referral_out_id, subject=given.get("subject", ""), text=given.get("text", ""), seen=seen, by=by,
                now=now,
            )  # fmt: skip
            messages.success(request, _("On its way. You can take it back for some seconds in the outbox."))
    except send.LookAgain as error:
        return _page(request, found, findings=error.findings)
    except AmendsError as error:
        return _page(request, found, problem=str(error))
    return redirect("referral-out", referral_out_id)


def _page(
    request: HttpRequest, found: ReferralOut, *, problem: str = "", findings: Sequence[Finding] = ()
) -> HttpResponse:  # fmt: skip
    draft, by = flows.letter_of(found), member_of(request)
    named, quoted = request.GET.get("named") == "1", request.GET.get("quoted") == "1"
    subject, text = flows.SUBJECT, flows.words(reader_of(request), found, named=named, quoted=quoted, by=by)
    if draft is not None and draft.author == by and not (named or quoted):
        subject, text = draft.subject, draft.text
    if problem or findings:
        subject, text = request.POST.get("subject") or subject, request.POST.get("text") or text
    context = {
        "referral": found,
        "client": found.client,
        "letter": draft,
        "may_write": flows.may_write(found),
        "can_send": can_send(by),
        "named": named,
        "quoted": quoted,
        "subject": subject,
        "text": text,
        "outcomes": [(value, label) for value, label in Helped.choices if value != Helped.OPEN],
        "problem": problem,
        "findings": findings,
    }
    return render(request, "boundaries/referral.html", context, status=422 if problem or findings else 200)
