"""The outbox: what is held back, what waits, what left, what failed, and what a person has to decide."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows import send
from amends.outbox.models import Draft, Purpose, State
from amends.outbox.queries import can_send, listed
from amends.outbox.rules import Offer
from amends.web.guard import needs
from amends.web.http import clock, member_of, reader_of
from amends.web.outbox.entries import Typed, entry_of, held_of

_GROUPS: tuple[tuple[str, Promise, frozenset[str]], ...] = (
    ("decide", gettext_lazy("Needs your decision"), frozenset({State.UNCLEAR, State.FAILED})),
    ("waiting", gettext_lazy("On its way"), frozenset({State.QUEUED, State.SENDING})),
    ("drafts", gettext_lazy("Not finished"), frozenset({State.DRAFT})),
    ("sent", gettext_lazy("Sent lately"), frozenset({State.SENT})),
    ("dropped", gettext_lazy("Dropped"), frozenset({State.DROPPED})),
)


@needs(Right.ACT)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Everything that this member sent lately and has to settle; for an administrator, everybody's."""
    return outbox_page(request)


def outbox_page(
    request: HttpRequest, *, typed: Mapping[uuid.UUID, Typed] | None = None, meanwhile: str = "", unsent: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page, with what was `typed` at held drafts; `meanwhile` says who was quicker, `unsent` are words that were
    written for nothing."""
    member = member_of(request)
    entries = [entry_of(draft, member) for draft in listed(member, now=clock())]
    groups = [(name, title, [one for one in entries if one.draft.state in states]) for name, title, states in _GROUPS]
    context = {
        "held": [
            held_of(one, member, reader_of(request), typed=(typed or {}).get(one.draft.public_id))
            for one in entries
            if one.draft.state == State.HELD
        ],
        "groups": [group for group in groups if group[2]],
        "tab": "outbox",
        "can_send": bool(entries) or can_send(member),
        "meanwhile": meanwhile,
        "unsent": unsent,
    }
    return render(request, "outbox/page.html", context, status=status)


@needs(Right.ACT)
@require_POST
def settle(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Release, take back, send again, mark as sent, drop."""
    do, member = request.POST.get("do", ""), member_of(request)
    if do not in set(Offer):
        raise Http404
    try:
        draft = send.settle(
            draft_id, Offer(do), seen=request.POST.get("seen", ""), why=request.POST.get("why", ""), by=member,
            now=clock(), reader=reader_of(request),
        )  # fmt: skip
    except (Draft.DoesNotExist, send.TooLate) as error:
        return too_late(request, draft_id, error)
    except AmendsError as error:
        messages.error(request, str(error))
        return redirect("outbox")
    messages.success(request, _said(do))
    if do == Offer.TAKE_BACK and draft.thread is not None:
        return redirect(f"{reverse('thread', args=[draft.thread.public_id])}#reply")
    if do == Offer.TAKE_BACK and draft.purpose == Purpose.LETTER and draft.client is not None:
        return redirect("letter", draft.client.public_id)
    return redirect("outbox")


def too_late(request: HttpRequest, draft_id: uuid.UUID, error: Exception, *, unsent: str = "") -> HttpResponse:
    """The page with who was quicker and what they did; where nobody held is known, what the error says."""
    draft = send.decided_by(reader_of(request), draft_id, for_whom=member_of(request))
    if draft is not None:
        return outbox_page(request, meanwhile=_meanwhile(draft), unsent=unsent, status=409)
    if isinstance(error, Draft.DoesNotExist):
        raise Http404 from error
    if unsent:
        return outbox_page(request, meanwhile=str(error), unsent=unsent, status=409)
    messages.error(request, str(error))
    return redirect("outbox")


def _meanwhile(draft: Draft) -> str:
    """ "Pat let it go while you looked at it: “It is so.” It leaves once, and nothing of yours was sent." """
    said = {"who": str(draft.settled_by)}
    because = f" “{draft.decided_why}”" if draft.decided_why else ""
    if draft.state == State.DROPPED:
        return _("%(who)s dropped it while you looked at it.") % said + because
    if draft.state == State.DRAFT:
        return _("%(who)s took it back while you looked at it, to write on.") % said
    return _("%(who)s let it go while you looked at it.") % said + because + " " + _("It leaves once.")


def _said(do: str) -> str:
    return {
        Offer.RELEASE: _("Let go. It leaves in a moment; your reason stands beside it."),
        Offer.TAKE_BACK: _("Taken back. Nothing was sent; write on, or leave it."),
        Offer.AGAIN: _("It is sent again."),
        Offer.MARK_SENT: _("Marked as sent."),
        Offer.DROP: _("Dropped. It stays here for 14 days."),
    }[Offer(do)]
