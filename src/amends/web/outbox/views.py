"""The outbox: what waits, what left, what failed, and what a person has to decide."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.rules import Right
from amends.flows import send
from amends.outbox.models import Draft, DraftFile, Recipient, State
from amends.outbox.queries import can_send, listed
from amends.outbox.rules import SECRETS, Offer
from amends.web.guard import needs
from amends.web.http import clock, member_of

_GROUPS: tuple[tuple[str, Promise, frozenset[str]], ...] = (
    ("decide", gettext_lazy("Needs your decision"), frozenset({State.UNCLEAR, State.FAILED})),
    ("waiting", gettext_lazy("On its way"), frozenset({State.QUEUED, State.SENDING})),
    ("drafts", gettext_lazy("Not finished"), frozenset({State.DRAFT})),
    ("sent", gettext_lazy("Sent lately"), frozenset({State.SENT})),
    ("dropped", gettext_lazy("Dropped"), frozenset({State.DROPPED})),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One draft as a page shows it to one member."""

    draft: Draft
    recipients: list[Recipient]
    offers: Sequence[Offer]
    step: str
    own: bool

    @property
    def readable(self) -> bool:
        """Whether its words may be shown: to whoever wrote it, and never a secret."""
        return self.own and self.draft.purpose not in SECRETS

    @property
    def files(self) -> list[DraftFile]:
        """What goes with it."""
        return list(self.draft.files.all())

    @property
    def trouble(self) -> list[Recipient]:
        """Whom the server did not take."""
        return [row for row in self.recipients if row.answer or row.taken == "refused"]

    @property
    def offered(self) -> frozenset[str]:
        """What may be done, by name."""
        return frozenset(str(offer) for offer in self.offers)


def entry_of(draft: Draft, member: Member) -> Entry:
    """A draft with what this member may see of it and do with it."""
    own = draft.author == member
    return Entry(draft, list(draft.recipients.all()), send.offered(draft, member), send.step_of(draft), own)


@needs(Right.ACT)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Everything that this member sent lately and has to settle; for an administrator, everybody's."""
    member = member_of(request)
    entries = [entry_of(draft, member) for draft in listed(member, now=clock())]
    groups = [(name, title, [one for one in entries if one.draft.state in states]) for name, title, states in _GROUPS]
    shown = [group for group in groups if group[2]]
    context = {"groups": shown, "tab": "outbox", "can_send": bool(shown) or can_send(member)}
    return render(request, "outbox/page.html", context)


@needs(Right.ACT)
@require_POST
def settle(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Take back, send again, mark as sent, drop."""
    do = request.POST.get("do", "")
    if do not in set(Offer):
        raise Http404
    try:
        seen = request.POST.get("seen", "")
        draft = send.settle(draft_id, Offer(do), seen=seen, by=member_of(request), now=clock())
    except Draft.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        messages.error(request, str(error))
        return redirect("outbox")
    messages.success(request, _said(do))
    if do == Offer.TAKE_BACK and draft.thread is not None:
        return redirect(f"{reverse('thread', args=[draft.thread.public_id])}#reply")
    return redirect("outbox")


def _said(do: str) -> str:
    return {
        Offer.TAKE_BACK: _("Taken back. Nothing was sent; write on, or leave it."),
        Offer.AGAIN: _("It is sent again."),
        Offer.MARK_SENT: _("Marked as sent."),
        Offer.DROP: _("Dropped. It stays here for 14 days."),
    }[Offer(do)]
