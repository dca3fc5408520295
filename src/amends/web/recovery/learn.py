"""Learning from a recovery: what was behind it, whether the client says yes, and who else should hear of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows import send
from amends.flows.recovery import asking as flows
from amends.flows.recovery import disclosing
from amends.flows.recovery.drafting import NobodyToWriteTo, place_of
from amends.insights.recovery.failing import Failing, failing_of
from amends.insights.recovery.learning import due_asks, learning_of
from amends.judgement.guard import Finding
from amends.mail.models import Message
from amends.mail.queries import new_text_of
from amends.recovery.actions.learning import EditedMeanwhile
from amends.recovery.models import Recovery
from amends.recovery.queries import find, points
from amends.recovery.rules import MOST_ASKS
from amends.web.guard import has, needs
from amends.web.http import clock, member_of, reader_of
from amends.web.recovery.remedies import back


@dataclass(frozen=True, slots=True)
class Reply:
    """What the client wrote since, as a choice."""

    message: Message
    said: str


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """What was learned; or keep it."""
    if request.method != "POST":
        return learning_page(request, recovery_id)
    given, version = request.POST, request.POST.get("version", "")
    kept = {"yes": True, "no": False}.get(given.get("kept_word", ""))
    mode = given.get("failure_other", "").strip() or given.get("failure_mode", "")
    learned = flows.Learned(given.get("root_cause", ""), mode, kept)
    try:
        flows.learn(
            reader_of(request), recovery_id, learned, by=member_of(request), now=clock(),
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
        )  # fmt: skip
    except Recovery.DoesNotExist as error:
        raise Http404 from error
    except EditedMeanwhile as error:
        return learning_page(request, recovery_id, problem=str(error), learned=learned, status=409)
    messages.success(request, _("Kept."))
    return redirect(back(request, recovery_id, "recovery-learning"))


@needs(Right.ACT)
@require_POST
def ask(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """Ask the client now, or put the question among one's drafts."""
    reader, by, now = reader_of(request), member_of(request), clock()
    text, seen = request.POST.get("text", ""), frozenset(request.POST.getlist("seen")[:100])
    try:
        if request.POST.get("do") == "prepare":
            flows.prepare_ask(reader, recovery_id, by=by, now=now)
            messages.success(request, _("It lies among your drafts, and leaves when you send it."))
        else:
            draft = flows.send_ask(reader, recovery_id, text, seen=seen, by=by, now=now)
            held = draft.state == "held"
            said = _("Asked. You can take it back for some seconds in the outbox.")
            messages.success(request, _("Held back: somebody who may decide looks at it first.") if held else said)
    except (Recovery.DoesNotExist, Message.DoesNotExist) as error:
        raise Http404 from error
    except send.LookAgain as error:
        return learning_page(request, recovery_id, findings=error.findings, ask_text=text, status=422)
    except AmendsError as error:
        return learning_page(request, recovery_id, problem=str(error), ask_text=text, status=422)
    return redirect(back(request, recovery_id, "recovery-learning"))


@needs(Right.ACT)
@require_POST
def close(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """The client says yes; or nothing, after two asks; or it was not over after all."""
    reader, by, now, given = reader_of(request), member_of(request), clock(), request.POST
    why = given.get("why", "")
    try:
        match given.get("do") or request.GET.get("do"):
            case "yes":
                chosen, phone = _id(given.get("message", "")), given.get("phone", "")
                flows.say_yes(reader, recovery_id, message=chosen, phone=phone, by=by, now=now)
                _closed(request, recovery_id, _("Closed: the client says that it is right now."))
            case "unconfirmed":
                flows.close_unconfirmed(reader, recovery_id, why=why, by=by, now=now)
                _closed(request, recovery_id, _("Closed as unconfirmed."))
            case "reopen" | "undo":
                flows.open_again(reader, recovery_id, why=why, by=by, now=now)
                messages.success(request, _("It is open again."))
            case _:
                raise Http404
    except Recovery.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        return learning_page(request, recovery_id, problem=str(error), status=422)
    return redirect(back(request, recovery_id, "recovery-learning"))


@needs(Right.ACT)
@require_POST
def disclose(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """Prepare a disclosure to one client that had the same, or to each."""
    chosen = [one for value in request.POST.getlist("client")[:50] if (one := _id(value)) is not None]
    try:
        drafts, without = disclosing.disclose(
            reader_of(request), recovery_id, chosen, by=member_of(request), now=clock()
        )  # fmt: skip
    except Recovery.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        return learning_page(request, recovery_id, problem=str(error), status=422)
    if drafts:
        said = ngettext("%(n)d draft is prepared. Read it, and send it.",
                        "%(n)d drafts are prepared. Read each, and send it.", len(drafts))  # fmt: skip
        messages.success(request, said % {"n": len(drafts)})
    if without:
        messages.error(request, _("You read no conversation with %(names)s.") % {"names": ", ".join(without)})
    return redirect("outbox") if drafts else redirect(back(request, recovery_id, "recovery-learning"))


@needs(Right.ACT)
@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """Clients who are to be asked by now whether it is right again."""
    rows = due_asks(reader_of(request), member_of(request), now=clock())
    return render(request, "recovery/to_ask.html", {"rows": rows})


def learning_page(request: HttpRequest, recovery_id: uuid.UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page; where something was not taken, with it as it was typed, and why (`problem`)."""
    try:
        recovery = find(recovery_id)
    except Recovery.DoesNotExist as error:
        raise Http404 from error
    context = {"recovery": recovery, "client": recovery.client, **learning_context(request, recovery, **more)}
    return render(request, "recovery/learning.html", context, status=status)


def learning_context(
    request: HttpRequest, recovery: Recovery, *, problem: str = "", learned: flows.Learned | None = None,
    findings: tuple[Finding, ...] = (), ask_text: str = "",
) -> dict[str, Any]:  # fmt: skip
    """What the section *Learn* takes, on this page and on that of the whole recovery."""
    reader, member, now = reader_of(request), member_of(request), clock()
    found = learning_of(reader, recovery, by=member, now=now)
    context: dict[str, Any] = {"learning": found, "problem": problem, "learn_back_to": request.path}
    if not found.open:
        return context
    asks = flows.asks_of(recovery)
    failing = failing_of(recovery, points(recovery))
    context |= {
        "failing": failing,
        "failure_other": _other(learned, failing),
        "learned": learned or flows.Learned(recovery.root_cause, recovery.failure_mode, recovery.kept_word),
        "asks": asks,
        "most_asks": MOST_ASKS,
        "may_close": has(request, Right.DECIDE) and len(asks.sent) >= MOST_ASKS,
        "findings": findings,
        "replies": [
            Reply(one, new_text_of(one.body)[:160].strip()) for one in flows.answers_of(reader, recovery)
        ] if recovery.closed_at is None else [],
    }  # fmt: skip
    if recovery.closed_at is None and asks.number < MOST_ASKS:
        try:
            place = place_of(reader, recovery, by=member)
        except NobodyToWriteTo as error:
            context["nobody"] = str(error)
        else:
            draft = asks.draft
            words = draft.text if draft else flows.words(recovery, place, number=asks.number + 1, by=member)
            context |= {
                "place": place,
                "ask_text": ask_text or words,
                "thread_url": reverse("thread", args=[place.answered.thread.public_id]),
            }
    return context


def _other(learned: flows.Learned | None, failing: Failing) -> str:
    """A failure mode that was typed and not taken, where no playbook goes by it."""
    known = {book.mode for _trade, books in failing.trades for book in books} | {failing.mode, *failing.own}
    return learned.failure_mode if learned and learned.failure_mode not in known else ""


def _closed(request: HttpRequest, recovery_id: uuid.UUID, said: str) -> None:
    messages.success(request, said, extra_tags=f"{reverse('recovery-close', args=[recovery_id])}?do=undo")


def _id(value: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(value) if value else None
    except ValueError as error:
        raise Http404 from error
