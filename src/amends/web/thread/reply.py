"""Answering a conversation from its page: the box, who would get it, and what is on its way."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows import send
from amends.insights.conversation import read_thread
from amends.insights.outgoing import changes, leaving_in
from amends.mail.models import Message, Thread
from amends.outbox.compose import File
from amends.outbox.models import State
from amends.web.check.forms import Asked
from amends.web.check.views import part, take_plain
from amends.web.guard import needs
from amends.web.http import clock, firm_of, member_of, reader_of
from amends.web.outbox.entries import entry_of
from amends.web.thread import views as thread_page
from amends.web.thread.reply_box import leaving_context
from amends.web.thread.reply_forms import AudienceForm, ReplyForm


@needs(Right.ACT)
@require_POST
def answer(request: HttpRequest, thread_id: uuid.UUID) -> HttpResponse:
    """Send what was written, or show the page again with all of it and what is missing."""
    form = ReplyForm(request.POST, request.FILES)
    if not form.is_valid():
        return thread_page.conversation_page(request, thread_id, form=form)
    take_plain(request)
    try:
        draft = send.reply(reader_of(request), thread_id, _written(form), by=member_of(request), now=clock())
    except Message.DoesNotExist as error:
        raise Http404 from error
    except send.LookAgain as error:
        return thread_page.conversation_page(request, thread_id, form=form, findings=error.findings)
    except AmendsError as error:
        return thread_page.conversation_page(request, thread_id, form=form, problem=str(error))
    return redirect(f"{reverse('thread', args=[thread_id])}?sent={draft.public_id}#outgoing")


def _written(form: ReplyForm) -> send.Answer:
    given = form.cleaned_data
    return send.Answer(
        key=given["key"], answering=given["answering"], audience=form.audience, text=given["text"],
        quotes=given["quotes"], files=given["attached"], kept_files=form.kept,
        seen=form.seen, shown=form.shown,
    )  # fmt: skip


@needs(Right.ACT)
@require_POST
def letter(request: HttpRequest, thread_id: uuid.UUID) -> HttpResponse:
    """What was written as a message to be opened in a mail program of one's own."""
    form = ReplyForm(request.POST, request.FILES)
    if not form.is_valid():
        return thread_page.conversation_page(request, thread_id, form=form)
    try:
        made = send.letter(reader_of(request), thread_id, _written(form), by=member_of(request), now=clock())
    except Message.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        return thread_page.conversation_page(request, thread_id, form=form, problem=str(error))
    headers = {"Content-Disposition": 'attachment; filename="answer.eml"', "Cache-Control": "no-store, private"}
    return HttpResponse(made, content_type="message/rfc822", headers=headers)


@needs(Right.ACT)
@require_POST
def check(request: HttpRequest, thread_id: uuid.UUID) -> HttpResponse:
    """What stands beside an answer while it is written. Nothing is kept."""
    given, form, member = Asked(request), ReplyForm(request.POST), member_of(request)
    form.is_valid()  # what cannot be read names nobody
    answering = given.key_of("answering")
    if answering is None:
        raise Http404
    written = send.Answer(
        key=given.key, answering=answering, audience=form.audience, text=given.text, quotes="quotes" in request.POST,
        files=[File(name, "", b"") for name in given.file_names], kept_files=form.kept,
    )  # fmt: skip
    try:
        found = send.look(reader_of(request), thread_id, written, by=member, now=clock())
    except Message.DoesNotExist as error:
        raise Http404 from error
    standing = {each.mark for each in found.dismissed}
    return part(
        request, given.text, found.left, key=given.key, dismissed=found.dismissed, standing=standing, names=True
    )


@needs(Right.ACT)
@require_POST
def audience(request: HttpRequest, thread_id: uuid.UUID) -> HttpResponse:
    """Who would get it, who is new, and who drops off, as the fields stand."""
    form = AudienceForm(request.POST)
    form.is_valid()  # what cannot be read names nobody, and is said
    try:
        change = changes(
            reader_of(request), member_of(request), thread_id, answering=form.cleaned_data.get("answering"),
            audience=form.audience,
        )  # fmt: skip
    except Thread.DoesNotExist as error:
        raise Http404 from error
    context = {"audience": form.audience, "change": change, "form": form}
    return render(request, "reply/audience.html", context)


@needs(Right.ACT)
@require_safe
def leaving(request: HttpRequest, thread_id: uuid.UUID) -> HttpResponse:
    """What is on its way in this conversation; what arrived since the last look is put among the letters."""
    member, asked = member_of(request), _ids(request)
    try:
        drafts = leaving_in(reader_of(request), member, thread_id, also=asked)
    except Thread.DoesNotExist as error:
        raise Http404 from error
    arrived = {draft.message_id for draft in drafts if draft.state == State.SENT and draft.message_id}
    entries = [entry_of(draft, member) for draft in drafts if draft.message_id not in arrived]
    parts = [render_to_string("reply/leaving.html", {**leaving_context(entries), "thread_id": thread_id}, request)]
    if arrived:
        _thread, turns = read_thread(reader_of(request), firm_of(request), thread_id, now=clock())
        for turn in turns:
            if turn.message.pk in arrived:
                shown = thread_page.letter_of(turn, newest=True)
                context = {"letter": shown, "message": shown.message}
                parts.append(render_to_string("reply/arrived.html", context, request))
    return HttpResponse("".join(parts))


def _ids(request: HttpRequest) -> list[uuid.UUID]:
    found = []
    for value in request.GET.getlist("draft")[:50]:
        try:
            found.append(uuid.UUID(value))
        except ValueError as error:
            raise Http404(_("There is no such draft.")) from error
    return found
