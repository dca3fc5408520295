"""Sharing a conversation or a client, and saying what others may see of one's own mailboxes."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.mail.actions import sharing
from amends.mail.models import Mailbox, Thread, Visibility
from amends.mail.queries import conversation
from amends.mail.sharing import mailboxes_of, members_who_read
from amends.web.http import clock, member_of, reader_of


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Whose mailboxes these are, and what others may see of them."""
    return render(request, "privacy/page.html", {"tab": "who", **visibility_context(request)})


def visibility_context(request: HttpRequest) -> dict[str, object]:
    """What `mailboxes/visibility.html` needs, on whichever page it stands."""
    mine = mailboxes_of(member_of(request))
    return {
        "mailboxes_mine": [one for one in mine if one.own],
        "mailboxes_of_nobody": [one for one in mine if not one.own],
        "visibilities": Visibility.choices,
        "people": members_who_read(),
    }


@login_required
@require_POST
def visibility(request: HttpRequest, mailbox_id: uuid.UUID) -> HttpResponse:
    """Open or close a mailbox of one's own."""
    chosen = request.POST.get("visibility", "")
    try:
        box = sharing.set_visibility(mailbox_id, chosen, member=member_of(request), now=clock())
    except Mailbox.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        messages.error(request, str(error))
    else:
        said = {
            Visibility.ALL: _("Everybody here reads %(box)s now."),
            Visibility.SUBJECT: _("Of %(box)s others see who, when and the subject now."),
            Visibility.METADATA: _("Of %(box)s others see only who and when now."),
        }
        messages.success(request, said[Visibility(chosen)] % {"box": box.address})
    return redirect("who-reads")


@login_required
@require_POST
def owner(request: HttpRequest, mailbox_id: uuid.UUID) -> HttpResponse:
    """Give a mailbox that nobody owns to somebody."""
    try:
        box = sharing.give(mailbox_id, request.POST.get("to", ""), member=member_of(request), now=clock())
    except Mailbox.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(box)s is %(who)s’s now.") % {"box": box.address, "who": box.owner or ""})
    return redirect("who-reads")


@login_required
@require_POST
def share_thread(request: HttpRequest, thread_id: uuid.UUID) -> HttpResponse:
    """Share one conversation, or take that back."""
    try:
        thread, _messages = conversation(reader_of(request), thread_id)
    except Thread.DoesNotExist as error:
        raise Http404 from error
    _share(request, thread=thread)
    return redirect("thread", thread_id)


@login_required
@require_POST
def share_client(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Share what was written with one client, or take that back."""
    client = Client.objects.filter(public_id=client_id).first()
    if client is None:
        raise Http404
    _share(request, client=client)
    return redirect("client", client_id)


def _share(request: HttpRequest, *, thread: Thread | None = None, client: Client | None = None) -> None:
    reader, whom = reader_of(request), request.POST.get("with", "")
    try:
        if request.POST.get("do") == "withdraw":
            ended = sharing.withdraw(reader, whom=whom, now=clock(), thread=thread, client=client)
            messages.success(request, _("Taken back.") if ended else _("It was not shared any more."))
            return
        name = sharing.share(reader, whom=whom, now=clock(), thread=thread, client=client)
    except AmendsError as error:
        messages.error(request, str(error))
        return
    messages.success(request, _("%(who)s may read it now.") % {"who": name or _("Everybody here")})
