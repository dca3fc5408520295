"""Writing on what is held back, by somebody who may decide: checked as it is typed, and let go with its new words."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows import send
from amends.mail.models import Message
from amends.outbox.models import Draft, State
from amends.outbox.queries import in_reach
from amends.web.check.forms import Asked
from amends.web.check.views import part, split
from amends.web.guard import needs
from amends.web.http import clock, member_of, reader_of
from amends.web.outbox.entries import Typed
from amends.web.outbox.views import outbox_page, too_late


@needs(Right.DECIDE)
@require_POST
def check(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """What stands beside the new words. Nothing is kept."""
    given, member, reader = Asked(request), member_of(request), reader_of(request)
    draft = in_reach(member).filter(public_id=draft_id, state=State.HELD).select_related("author", "answers").first()
    if draft is None or not send.may_read_words(reader, draft, member):
        raise Http404
    try:
        found = send.check_held(reader, draft, given.text, now=clock()) if given.text.strip() else ()
    except Message.DoesNotExist as error:
        raise Http404 from error
    left, gone = split(found, draft_id, by=member)
    return part(request, given.text, left, key=draft_id, dismissed=gone)


@needs(Right.DECIDE)
@require_POST
def rewrite(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Let it go with other words; what cannot go stays in its fields."""
    given = Asked(request)
    text, why = given.text, given.value("why")
    try:
        send.rewrite(
            reader_of(request), draft_id, text, seen=given.value("seen"), why=why, by=member_of(request), now=clock()
        )
    except (Draft.DoesNotExist, send.TooLate) as error:
        return too_late(request, draft_id, error, unsent=text)
    except Message.DoesNotExist as error:
        raise PermissionDenied(_("You may not read what it answers, so somebody else decides about it.")) from error
    except AmendsError as error:
        return outbox_page(request, typed={draft_id: Typed(text, why, str(error))}, status=422)
    messages.success(request, _("Let go with your words. It leaves in a moment; your reason stands beside it."))
    return redirect("outbox")
