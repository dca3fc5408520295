"""The thread page: a conversation, newest in focus."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from amends.insights.conversation import Noticed, Turn, read_thread
from amends.mail.models import Message, Participant, Thread
from amends.mail.queries import segments_of
from amends.web.http import clock, firm_of, reader_of
from amends.web.thread.passages import Passage, passages


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

    @property
    def strongest(self) -> Noticed | None:
        """What the folded line says of it."""
        standing = [one for one in self.noticed if not one.dismissed]
        return max(standing, key=lambda one: one.confidence, default=None)


@login_required
@require_safe
def page(request: HttpRequest, thread_id: uuid.UUID) -> HttpResponse:
    """One conversation."""
    try:
        thread, turns = read_thread(reader_of(request), firm_of(request), thread_id, now=clock())
    except Thread.DoesNotExist as error:
        raise Http404 from error
    letters = [_letter(turn, newest=turn is turns[-1]) for turn in turns]
    return render(request, "thread/page.html", {"thread": thread, "client": thread.client, "letters": letters})


def _letter(turn: Turn, *, newest: bool) -> Letter:
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
    )
