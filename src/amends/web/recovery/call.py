"""The call: its full-screen page, the endpoint that its notes go to, and what becomes of them afterwards."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core.errors import AmendsError
from amends.core.ids import uuid7
from amends.firm.rules import Right
from amends.flows import send
from amends.flows.recovery import calls, mailing
from amends.insights.recovery.call import after_call, call_page, calls_of, members, notes_of, one_call, summary_of
from amends.judgement.guard import Finding
from amends.outbox.queries import can_send
from amends.recovery.actions.calls import Written
from amends.recovery.models import Call, Note, Recovery
from amends.web.guard import needs
from amends.web.http import clock, firm_of, member_of, reader_of
from amends.web.recovery.forms import MailForm

_LARGEST = 2_000_000  # bytes of one request of notes
_AT_ONCE = 200  # notes of one request
MOODS = (
    (1, "angry", _("furious")), (2, "frown", _("upset")), (3, "meh", _("tense")), (4, "smile", _("calm")),
    (5, "laugh", _("warm")),
)  # fmt: skip


def _there(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """What is not there, or not theirs to read, is not found."""

    @wraps(view)
    def found(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (Recovery.DoesNotExist, Call.DoesNotExist) as error:
            raise Http404(_("There is no such call.")) from error

    return found


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
@_there
def start(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """Before a call: begin it, or look at those that were held."""
    if request.method == "POST":
        call = calls.begin(reader_of(request), recovery_id, by=member_of(request), now=clock())
        return redirect("call-held", recovery_id, call.public_id)
    recovery, held = calls_of(reader_of(request), recovery_id)
    now_held = next((call for call in held if call.ended_at is None), None)
    context = {"recovery": recovery, "client": recovery.client, "calls": held, "held": now_held}
    return render(request, "recovery/call_start.html", context)


@needs(Right.ACT)
@require_safe
@_there
def page(request: HttpRequest, recovery_id: uuid.UUID, call_id: uuid.UUID) -> HttpResponse:
    """The call itself."""
    found = call_page(reader_of(request), recovery_id, call_id)
    me = member_of(request)
    data = {
        "me": str(me.public_id), "call": str(found.call.public_id), "began": found.call.began_at.isoformat(),
        "notes": [_said(note, me.pk) for note in notes_of(found.call)],
    }  # fmt: skip
    context = {"page": found, "recovery": found.recovery, "client": found.recovery.client, "data": data, "moods": MOODS}
    shown = render(request, "recovery/call.html", context)
    shown["Cache-Control"] = "no-store, private"
    return shown


@needs(Right.ACT)
@require_http_methods(["GET", "POST"])
@_there
def notes(request: HttpRequest, recovery_id: uuid.UUID, call_id: uuid.UUID) -> HttpResponse:
    """Where the page's notes go, and others' come from: JSON both ways."""
    me, given = member_of(request), {}
    one_call(reader_of(request), recovery_id, call_id)
    if request.method == "POST":
        try:
            given = _given(request)
            written = [_written(one) for one in given["notes"][:_AT_ONCE]]
        except (ValueError, KeyError, TypeError, RecursionError):
            return JsonResponse({"problem": _("This is nothing that a call sends.")}, status=400)
        if given.get("me") != str(me.public_id):  # written by somebody else who used this browser
            return JsonResponse({"problem": _("These are somebody else’s notes: sign in as they.")}, status=409)
    else:
        written = []
    told = calls.take_notes(
        reader_of(request), recovery_id, call_id, written, firm=firm_of(request), since=_since(given), by=me,
        now=clock(),
    )  # fmt: skip
    return JsonResponse(
        {
            "standing": {str(key): edition for key, edition in told.standing.items()},
            "notes": [_said(note, me.pk) for note in told.notes],
            "heard": {
                str(key): [{"quote": one.quote, "said": one.said} for one in found] for key, found in told.heard.items()
            },
            "ended": told.ended, "now": clock().isoformat(), "csrf": get_token(request),
        },
        headers={"Cache-Control": "no-store, private"},
    )  # fmt: skip


@needs(Right.ACT)
@require_POST
@_there
def end(request: HttpRequest, recovery_id: uuid.UUID, call_id: uuid.UUID) -> HttpResponse:
    """The call is over."""
    calls.end(reader_of(request), recovery_id, call_id, by=member_of(request), now=clock())
    return redirect("call-after", recovery_id, call_id)


@needs(Right.ACT)
@require_safe
@_there
def after(request: HttpRequest, recovery_id: uuid.UUID, call_id: uuid.UUID) -> HttpResponse:
    """What the call left, and what becomes of it."""
    return _after(request, recovery_id, call_id)


@needs(Right.ACT)
@require_POST
@_there
def become(request: HttpRequest, recovery_id: uuid.UUID, call_id: uuid.UUID) -> HttpResponse:
    """A note becomes a promise or a point, or the wanted outcome is taken."""
    reader, me, now, given = reader_of(request), member_of(request), clock(), request.POST
    what = given.get("what", "")
    try:
        if what == "wanted":
            calls.take_wanted(reader, recovery_id, call_id, now=now)
        elif what == "point":
            calls.to_issue(
                reader, recovery_id, call_id, _id(given.get("note")), given.get("text", "")[:20_000], by=me, now=now
            )
        elif what == "promise":
            calls.to_promise(
                reader, recovery_id, call_id, _id(given.get("note")), given.get("text", "")[:2_000],
                due_on=_day(given.get("due", "")), owner=_id(given["owner"]) if given.get("owner") else None, by=me,
                now=now,
            )  # fmt: skip
        else:
            raise Http404
    except AmendsError as error:
        one_call(reader, recovery_id, call_id)
        return _after(request, recovery_id, call_id, problem=str(error))
    said = {"wanted": _("Taken as the wanted outcome."), "point": _("A point of the recovery now.")}
    messages.success(request, said.get(what) or _("Promised."))
    return redirect("call-after", recovery_id, call_id)


@needs(Right.ACT)
@require_POST
@_there
def summary(request: HttpRequest, recovery_id: uuid.UUID, call_id: uuid.UUID) -> HttpResponse:
    """Send the summary of the call."""
    call = one_call(reader_of(request), recovery_id, call_id)
    form = MailForm(request.POST, choices=mailing.people(reader_of(request), call.recovery))
    problem = ""
    findings: tuple[Finding, ...] = ()
    if form.is_valid():
        try:
            calls.send_summary(
                reader_of(request), recovery_id, call_id, form.mailing, by=member_of(request), now=clock()
            )
        except send.LookAgain as error:
            findings = error.findings
        except AmendsError as error:
            problem = str(error)
        else:
            messages.success(request, _("On its way. You can take it back in the outbox for some seconds."))
            return redirect("call-after", recovery_id, call_id)
    return _after(request, recovery_id, call_id, form=form, problem=problem, findings=findings)


def _after(
    request: HttpRequest, recovery_id: uuid.UUID, call_id: uuid.UUID, *, form: MailForm | None = None,
    problem: str = "", findings: tuple[Finding, ...] = (),
) -> HttpResponse:  # fmt: skip
    found = after_call(reader_of(request), recovery_id, call_id)
    choices = mailing.people(reader_of(request), found.recovery)
    there = [each.person.email for each in choices if each.there] or [each.person.email for each in choices[:1]]
    fresh = MailForm(choices=choices, initial={"to": there, "text": summary_of(found), "key": uuid7()})
    context = {
        "after": found, "recovery": found.recovery, "client": found.recovery.client, "call": found.call,
        "form": form or fresh, "problem": problem, "findings": findings, "members": members(),
        "can_send": can_send(member_of(request)), "moods": {number: (icon, word) for number, icon, word in MOODS},
        "answered": mailing.answered(reader_of(request), found.recovery),
    }  # fmt: skip
    return render(request, "recovery/call_after.html", context, status=422 if form or problem else 200)


def _said(note: Note, me: int) -> dict[str, Any]:
    """A note as the page gets it."""
    return {
        "id": str(note.public_id), "kind": note.kind, "text": note.text, "edition": note.edition,
        "issue": str(note.issue.public_id) if note.issue else "", "mine": note.author_id == me,
        "author": note.author.name if note.author else "",
    }  # fmt: skip


def _given(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > _LARGEST:
        raise ValueError
    found = json.loads(request.body)
    if not isinstance(found, dict) or not isinstance(found.get("notes"), list):
        raise ValueError
    return found


def _written(one: Any) -> Written:
    edition, text = one["edition"], one["text"]
    if not isinstance(edition, int) or isinstance(edition, bool) or not isinstance(text, str):
        raise ValueError
    issue = uuid.UUID(one["issue"]) if one.get("issue") else None
    return Written(uuid.UUID(one["id"]), str(one["kind"]), text.replace("\0", ""), edition, issue)


def _since(given: dict[str, Any]) -> datetime | None:
    try:
        found = parse_datetime(str(given.get("since") or ""))
    except ValueError:
        return None
    return found if found is not None and found.tzinfo else None


def _id(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError as error:
        raise Http404 from error


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None
