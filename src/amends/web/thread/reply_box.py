"""What the page of a conversation shows below the letters: what is on its way, and the box to answer in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from amends.core.ids import uuid7
from amends.firm.rules import Right, may
from amends.flows.recovery.owning import of_thread
from amends.insights.gates import not_ready_for
from amends.insights.outgoing import ReplyBox, reply_box
from amends.judgement.guard import Finding
from amends.mail.models import Message, Thread
from amends.outbox.compose import Person
from amends.outbox.models import Draft, State
from amends.outbox.recipients import Audience, written
from amends.web.check.places import lf
from amends.web.check.views import beside
from amends.web.gates import words as gate_words
from amends.web.http import clock, firm_of, member_of, reader_of
from amends.web.outbox.entries import Entry, deciders, entry_of
from amends.web.thread.reply_forms import ReplyForm

_ON_THE_WAY = {State.HELD, State.QUEUED, State.SENDING, State.SENT}


def answering(
    request: HttpRequest, thread: Thread, messages: Sequence[Message], *, form: ReplyForm | None, problem: str,
    findings: Sequence[Finding] = (),
) -> dict[str, Any]:  # fmt: skip
    """The context of the box; a `form` that could not be sent stays as it was filled in."""
    member = member_of(request)
    box = reply_box(member, thread, messages)
    entries = [entry_of(draft, member) for draft in box.leaving]
    everybody = request.GET.get("answer") == "all"
    form = form or ReplyForm(initial=_initial(box, everybody=everybody) | _begun(request))
    text = str(form["text"].value() or "")
    return {
        **leaving_context(entries),
        "thread_id": thread.public_id,
        "box": box,
        "form": form,
        "key": form["key"].value(),
        "check_url": reverse("reply-check", args=[thread.public_id]),
        "findings": findings,
        "deciders": "" if may(member.role, Right.DECIDE) else deciders(member),
        **beside(lf(text), findings, names=True),
        "draft_files": list(box.draft.files.all()) if box.draft else [],
        "problem": problem,
        "not_ready": [(one, gate_words.standing(one)) for one in not_ready_for(thread.client)],
        "undo_seconds": firm_of(request).undo_seconds,
        "one": _fields(box.one),
        "all": _fields(box.everybody),
    }


def _begun(request: HttpRequest) -> dict[str, str]:
    """A first reply to write on, where one comes from a recovery."""
    try:
        recovery = uuid.UUID(request.GET.get("recovery", ""))
    except ValueError:
        return {}
    text = of_thread(reader_of(request), recovery, by=member_of(request), now=clock())
    return {"text": text} if text else {}


def leaving_context(entries: list[Entry]) -> dict[str, Any]:
    """Entries, which of them are worth another look, and how soon."""
    waiting = [entry.draft for entry in entries if entry.draft.state in _ON_THE_WAY]
    slow = all(draft.state == State.HELD or (draft.attempts and draft.state == State.QUEUED) for draft in waiting)
    return {"entries": entries, "waiting": waiting, "every": "20s" if slow else "2s"}


def _initial(box: ReplyBox, *, everybody: bool) -> dict[str, Any]:
    if box.draft is not None:
        return _of_draft(box.draft, box.answered)
    chosen = box.everybody if everybody else box.one
    return {**_fields(chosen), "key": uuid7(), "answering": box.answered.public_id, "quotes": True}


def _of_draft(draft: Draft, newest: Message) -> dict[str, Any]:
    """What was taken back, to be written on."""
    rows = list(draft.recipients.all())
    groups = {
        role: written(Person(row.name, row.email) for row in rows if row.role == role) for role in ("to", "cc", "bcc")
    }
    answered = draft.answers or newest
    return {
        **groups,
        "key": draft.public_id,
        "answering": answered.public_id,
        "text": draft.text,
        "quotes": draft.quotes,
    }


def _fields(audience: Audience) -> dict[str, str]:
    return {"to": written(audience.to), "cc": written(audience.cc), "bcc": written(audience.bcc)}
