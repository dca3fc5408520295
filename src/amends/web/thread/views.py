"""The thread page: a conversation, newest in focus, in which every sentence can be corrected in place."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from amends.core.errors import AmendsError
from amends.firm.rules import Right, may
from amends.flows import teach
from amends.insights.boundaries.parting import parted_from
from amends.insights.conversation import Noticed, Turn, around, forecast, read_thread
from amends.judgement.guard import Finding
from amends.mail.models import Direction, Message, Participant, Thread
from amends.mail.privacy import Glimpse
from amends.mail.queries import one_message, segments_of
from amends.recovery.queries import open_on
from amends.signals.queries import messages_of
from amends.web import words
from amends.web.guard import needs
from amends.web.http import clock, firm_of, is_htmx, member_of, reader_of, toast
from amends.web.thread.forms import CorrectionForm
from amends.web.thread.passages import Passage, passages
from amends.web.thread.reply_box import answering
from amends.web.thread.reply_forms import ReplyForm


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as the page shows it."""

    message: Message
    passages: list[Passage]
    to: list[Participant]
    copies: list[Participant]
    noticed: list[Noticed]
    elsewhere: list[Noticed]  # noticed about the message as a whole
    newest: bool
    sound: words.Feeling | None = None  # what a client's message sounds like
    sounds_p: float = 0.0

    @property
    def pk(self) -> int:
        """Its place in time."""
        return self.message.pk

    @property
    def markable(self) -> bool:
        """Whether something may have been missed in it: a client's own words."""
        message = self.message
        return message.direction == Direction.IN and message.client_id is not None and message.kind == "personal"

    @property
    def strongest(self) -> Noticed | None:
        """What the folded line says of it."""
        standing = [one for one in self.noticed if not one.dismissed]
        return max(standing, key=lambda one: one.confidence, default=None)


@login_required
@require_safe
def page(request: HttpRequest, thread_id: uuid.UUID) -> HttpResponse:
    """One conversation."""
    return conversation_page(request, thread_id)


def conversation_page(
    request: HttpRequest,
    thread_id: uuid.UUID,
    *,
    form: ReplyForm | None = None,
    problem: str = "",
    findings: Sequence[Finding] = (),
) -> HttpResponse:
    """The page of a conversation; with an answer that was not sent, that answer and what is missing, or was found."""
    try:
        thread, turns = read_thread(reader_of(request), firm_of(request), thread_id, now=clock())
    except Thread.DoesNotExist as error:
        raise Http404 from error
    letters = [letter_of(turn, newest=turn is turns[-1]) for turn in turns]
    beyond = around(reader_of(request), thread, turns)
    lines: list[Letter | Glimpse] = [*letters, *beyond.glimpses]
    lines.sort(key=lambda one: one.pk)
    context: dict[str, Any] = {
        "thread": thread,
        "client": thread.client,
        "putting_right": open_on(thread.client, [thread]) if thread.client is not None else None,
        "parted": parted_from(thread.client) if thread.client is not None else None,
        "around": beyond,
        "letters": letters,
        "lines": lines,
        "forecast": forecast(turns),
    }
    if may(member_of(request).role, Right.ACT):
        messages_read = [turn.message for turn in turns]
        context |= answering(request, thread, messages_read, form=form, problem=problem, findings=findings)
    return render(request, "thread/page.html", context, status=422 if form else 200)


@needs(Right.ACT)
@require_POST
def correct(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """Not a complaint, something else, or something missed: for one sentence of one message."""
    form = CorrectionForm(request.POST)
    try:
        message = one_message(reader_of(request), message_id)
    except Message.DoesNotExist as error:
        raise Http404 from error
    try:
        if not form.is_valid():
            raise teach.NothingSaid(_("Choose a sentence and say what it is."))
        given = form.cleaned_data
        done = teach.correct(
            reader_of(request),
            message_id,
            right=given["right"],
            signal=given["signal"],
            start=given["start"],
            end=given["end"],
            member=member_of(request),
            now=clock(),
        )
    except AmendsError as error:
        if is_htmx(request):
            return HttpResponseBadRequest(str(error), content_type="text/plain; charset=utf-8")
        messages.error(request, str(error))
        return redirect(_address(message))
    noted = words.corrected(done.said, done.right, others=done.others)
    if not is_htmx(request):
        messages.success(request, noted, extra_tags=str(done.batch))
        return redirect(_address(message))
    parts = _parts(request, message, messages_of(done.batch))
    return HttpResponse(parts + toast(request, noted, batch=done.batch, message=message_id))


@needs(Right.ACT)
@require_POST
def take_back(request: HttpRequest, message_id: uuid.UUID, batch: uuid.UUID) -> HttpResponse:
    """Undo one correction."""
    try:
        message = one_message(reader_of(request), message_id)
    except Message.DoesNotExist as error:
        raise Http404 from error
    changed = messages_of(batch)
    teach.undo(batch, now=clock(), member=member_of(request))
    if not is_htmx(request):
        messages.success(request, _("Taken back."))
        return redirect(_address(message))
    return HttpResponse(_parts(request, message, changed) + toast(request, _("Taken back.")))


def _address(message: Message) -> str:
    return f"{reverse('thread', args=[message.thread.public_id])}#m-{message.public_id}"


def _parts(request: HttpRequest, message: Message, changed: set[uuid.UUID]) -> str:
    """The words of a message as they stand after a click, and those of others of its thread that changed with it."""
    _thread, turns = read_thread(reader_of(request), firm_of(request), message.thread.public_id, now=clock())
    found = []
    for letter in (letter_of(turn, newest=False) for turn in turns):
        key = letter.message.public_id
        if key in changed | {message.public_id}:
            context = {"letter": letter, "message": letter.message, "beside": key != message.public_id}
            found.append(render_to_string("thread/words.html", context, request))
            found.append(render_to_string("thread/line.html", {**context, "beside": True}, request))
    return "".join(found)


def letter_of(turn: Turn, *, newest: bool) -> Letter:
    """One message as the page shows it."""
    message = turn.message
    people = list(message.participants.all())
    return Letter(
        message=message,
        passages=passages(message.body.text, segments_of(message.body), turn.noticed),
        to=[person for person in people if person.role == "to"],
        copies=[person for person in people if person.role in {"cc", "bcc"}],
        noticed=turn.noticed,
        elsewhere=[one for one in turn.noticed if not one.start and not one.end],
        newest=newest,
        sound=words.sound(turn.tone[0]) if turn.tone else None,
        sounds_p=turn.tone[1] if turn.tone else 0.0,
    )
