"""The page of the check, and what people make of findings. Of a text nothing is kept, and nothing logged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from amends.clients.models import Client
from amends.clients.queries import clients_served
from amends.core.errors import AmendsError
from amends.core.ids import uuid7
from amends.firm.models import Member
from amends.firm.rules import Right
from amends.flows import guard
from amends.flows.guard import Seen, Written
from amends.insights.gates import Standing, not_ready_for
from amends.judgement.guard import Finding
from amends.mail.models import Message
from amends.outbox.models import Made, Reason
from amends.outbox.recipients import written as in_a_field
from amends.web.check.forms import MOST_EML, Asked
from amends.web.check.panel import panel, reasons
from amends.web.gates import words as gate_words
from amends.web.guard import needs
from amends.web.http import clock, is_htmx, member_of, reader_of

_NOTHING = Written("")
_MOST_FIELDS = 200


@never_cache
@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """A text or a message to be looked at; HTMX and our own script get what stands beside it alone."""
    if request.method != "POST":
        example = _example() if request.GET.get("example") else ""
        asked = replace(_NOTHING, text=example)
        return _page(request, asked, _found(request, asked), key=uuid7())
    given = Asked(request)
    if given.message is not None and not is_htmx(request):
        return _opened(request, given)
    asked = given.written()
    take_plain(request)
    found = _found(request, asked)
    if is_htmx(request):
        left, gone = split(found, given.key, by=member_of(request))
        return part(request, given.text, left, key=given.key, dismissed=gone)
    return _page(request, asked, found, key=given.key, trouble=given.trouble)


@needs(Right.ACT)
@require_POST
def react(request: HttpRequest) -> HttpResponse:
    """Keep what a member made of one finding of what they write: taken, dismissed with a reason, or brought back."""
    given, member = Asked(request), member_of(request)
    key, seen = given.key_of("key"), Seen(given.value("rule"), given.value("mark"))
    do = given.value("do")
    if key is None or do not in {"accepted", "dismissed", "back"}:
        return HttpResponseBadRequest(_("Say what you make of it."), content_type="text/plain; charset=utf-8")
    if do == "back":
        guard.take_back(key, seen.mark, by=member)
        return HttpResponse(status=204)
    try:
        guard.react(
            seen, draft_key=key, made=Made(do), by=member, now=clock(), reason=given.value("reason"),
            why=given.value("why"),
        )  # fmt: skip
    except AmendsError as error:
        return HttpResponseBadRequest(str(error), content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


def take_plain(request: HttpRequest) -> None:
    """Keep what was chosen beside findings in a form that is sent without scripts: dismissed, or brought back."""
    given, member, now = Asked(request), member_of(request), clock()
    key = given.key_of("key")
    if key is None:
        return
    for name, reason in list(request.POST.items())[:_MOST_FIELDS]:
        do, _blank, told = name.partition(" ")
        rule, _blank, mark = told.partition(" ")
        if do == "dismiss" and reason in Reason.values:
            seen, why = Seen(rule, mark), given.value(f"why {mark}")
            guard.react(seen, draft_key=key, made=Made.DISMISSED, by=member, now=now, reason=reason, why=why)
    for mark in request.POST.getlist("back")[:_MOST_FIELDS]:
        guard.take_back(key, mark, by=member)


def part(
    request: HttpRequest, text: str, left: Sequence[Finding], *, key: UUID, dismissed: Sequence[Finding] = (),
    standing: Collection[str] = (), names: bool = False,
) -> HttpResponse:  # fmt: skip
    """What stands beside a text, to be put in place."""
    context = beside(text, left, dismissed=dismissed, standing=standing, names=names)
    return render(request, "check/findings.html", {**context, "key": key})


def split(findings: Sequence[Finding], key: UUID, *, by: Member) -> tuple[list[Finding], list[Finding]]:
    """What stands of these findings, and what this member dismissed."""
    gone = guard.dismissed_marks(key, by=by) if findings else frozenset()
    return [each for each in findings if each.mark not in gone], [each for each in findings if each.mark in gone]


def beside(
    text: str, findings: Sequence[Finding], *, dismissed: Sequence[Finding] = (),
    standing: Collection[str] = (), names: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """The context of `check/beside.html`; `names`: a form says with it which findings were seen."""
    shown = panel(text, findings, dismissed=dismissed, standing=standing)
    return {"panel": shown, "reasons": reasons(), "live": True, "plain": True, "names": names}


def _found(request: HttpRequest, asked: Written) -> Sequence[Finding]:
    """What the check says; a client or message that is not there, or not theirs to read, counts as none."""
    if not asked.text.strip():
        return ()
    try:
        return guard.check_written(reader_of(request), asked, by=member_of(request), now=clock())[1].findings
    except (Client.DoesNotExist, Message.DoesNotExist):
        alone = replace(asked, client=None, answering=None)
        return guard.check_written(reader_of(request), alone, by=member_of(request), now=clock())[1].findings


def _opened(request: HttpRequest, given: Asked) -> HttpResponse:
    """The page with a message in it that was dropped."""
    file = given.message
    if file is None or (file.size or 0) > MOST_EML:
        problem = _("This message is too large to be looked at here: 30 MB at most.")
        return _page(request, given.written(), (), key=given.key, problem=problem)
    found = guard.open_message(reader_of(request), b"".join(file.chunks()), by=member_of(request), now=clock())
    if not found.written.text.strip() and not found.written.audience.people:
        problem = _("There are no words to read in it. Is it a message (EML)?")
        return _page(request, given.written(), (), key=given.key, problem=problem)
    return _page(request, found.written, found.result.findings, key=uuid7(), answered=found.answered)


def _page(
    request: HttpRequest, asked: Written, findings: Sequence[Finding], *, key: UUID, answered: Message | None = None,
    problem: str = "", trouble: str = "",
) -> HttpResponse:  # fmt: skip
    left, gone = split(findings, key, by=member_of(request))
    context = {
        "written": asked, "text": asked.text, "to": in_a_field(asked.audience.to), "cc": in_a_field(asked.audience.cc),
        "client": asked.client, "clients": clients_served(), "key": key, "answered": answered, "problem": problem,
        "trouble": trouble, "example": _example(), "not_ready": _not_ready(asked, answered),
        **beside(asked.text, left, dismissed=gone),
    }  # fmt: skip
    return render(request, "check/page.html", context, status=422 if problem else 200)


def _not_ready(asked: Written, answered: Message | None) -> list[tuple[Standing, list[str]]]:
    """The open gates of whom it is written to, as far as the page knows who that is."""
    client = answered.client if answered is not None else None
    if client is None and asked.client is not None:
        client = Client.objects.filter(public_id=asked.client).first()
    return [(one, gate_words.standing(one)) for one in not_ready_for(client)]


def _example() -> str:
    """An answer as it is better not sent."""
    return _(
        "Dear Petra,\n\nas we clearly explained in March, the brochure was your approval. I’m sorry you feel that way. "
        "Nothing changed at our end.\n\nWe will look into it and get back to you as soon as possible. I guarantee that "
        "this will never happen again.\n\nBest,\n[Name]"
    )
