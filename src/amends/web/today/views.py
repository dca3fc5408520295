"""Today: the list, answers to its rows, and taking them back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, time
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.firm.models import Firm
from amends.firm.rules import Right
from amends.flows import answering, teach
from amends.flows.first_steps import to_begin
from amends.insights.gates import begun_before_ready
from amends.insights.progress import reading_progress
from amends.insights.promises import how_many_due
from amends.insights.recovery.learning import waiting_for
from amends.insights.screen import Shown
from amends.insights.today import FEW, Today, reasons_of, today
from amends.signals.models import Action, SignalKind
from amends.web import dates, words
from amends.web.gates import words as gate_words
from amends.web.guard import needs
from amends.web.http import clock, firm_of, is_htmx, is_setting_up, member_of, reader_of, toast
from amends.web.today.forms import AnswerForm, signal_ids

PAGE = 30
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks for: kinds of reasons, whose, how it stood when, and how many."""

    kind: str = ""
    owner: str = ""
    at: datetime | None = None
    all: bool = False

    def query(self, **changes: str) -> str:
        """The query string of this choice with some of it changed; a value of "" leaves it out."""
        values = {"kind": self.kind, "owner": self.owner, "at": self.at.date().isoformat() if self.at else ""}
        kept = {name: value for name, value in {**values, **changes}.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The list of who needs us now; a firm where nothing is yet begins with setting up."""
    if is_setting_up(request) and to_begin(firm_of(request)):
        return redirect("set-up")
    now, choice = clock(), _choice(request)
    answer = _ask(request, choice, now=now)
    context = _context(answer, choice) | {
        "needing": [row for row in answer.rows if row.owner is None],
        "in_hand": [row for row in answer.rows if row.owner is not None],
        "kinds": _kinds(answer, choice),
        "owners": [
            (name, label, choice.query(owner=name))
            for name, label in (("", _("Anybody")), ("nobody", _("Nobody")), ("me", _("Me")))
        ],
        "without_filter": choice.query(kind="", owner=""),
        "without_at": choice.query(at=""),
        "more": answer.total - len(answer.rows),
        "progress": reading_progress(reader_of(request)),
        "setting_up": is_setting_up(request),
        "waiting": waiting_for(member_of(request), now=now),
        "begun": [] if choice.at else [(one, gate_words.standing(one)) for one in begun_before_ready()],
        "due": how_many_due(reader_of(request), firm_of(request), at=answer.as_of),
        "show_all": f"{choice.query() or '?'}&all=1",
    }
    return render(request, "today/page.html", context)


@login_required
@require_safe
def more(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """A client's further reasons, when somebody opens them: most lists are read by their first ones."""
    try:
        found = reasons_of(reader_of(request), firm_of(request), client_id, now=clock(), at=_choice(request).at)
    except Client.DoesNotExist as error:
        raise Http404 from error
    reasons = [reason for row in found.rows for reason in row.reasons]
    return render(request, "today/more.html", {"reasons": reasons, "as_of": found.as_of})


@needs(Right.ACT)
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Own it, not an issue, or later: for the signals that are named, or all that a client's row covered when drawn."""
    now, form = clock(), AnswerForm(request.POST)
    back = _back(request)
    if not form.is_valid():
        problem = " ".join(str(error) for errors in form.errors.values() for error in errors)
        if is_htmx(request):
            return HttpResponseBadRequest(problem, content_type="text/plain; charset=utf-8")
        messages.error(request, problem)
        return redirect(back)
    action, until = Action(form.cleaned_data["answer"]), form.until_moment(firm_of(request), now=now)
    try:
        batch = answering.answer_shown(
            reader_of(request),
            firm_of(request),
            signal_ids(request.POST.getlist("signal")),
            client=form.cleaned_data["client"],
            shown=Shown.of(form.cleaned_data["shown"]),
            action=action,
            member=member_of(request),
            now=now,
            why=form.cleaned_data["why"],
            until=until,
            teaches=form.teaches,
            sure=form.sure,
        )
    except AmendsError as error:
        messages.error(request, str(error))
        return _reload(request, back)
    said = _said(action, until, firm_of(request), now=now)
    client: uuid.UUID | None = form.cleaned_data["client"]
    if not is_htmx(request) or client is None:
        messages.success(request, said, extra_tags=str(batch))
        return _reload(request, back)
    return HttpResponse(_row(request, client, now=now, gone=said) + toast(request, said, batch=batch, client=client))


@needs(Right.ACT)
@require_POST
def take_back(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Undo one click."""
    now = clock()
    teach.undo(batch, now=now, member=member_of(request))
    try:
        client = uuid.UUID(request.POST.get("client", ""))
    except ValueError:
        client = None
    if is_htmx(request) and client is not None:
        return HttpResponse(_row(request, client, now=now, gone="") + toast(request, _("Taken back.")))
    messages.success(request, _("Taken back."))
    return _reload(request, _back(request))


def _ask(request: HttpRequest, choice: Choice, *, now: datetime, only: uuid.UUID | None = None) -> Today:
    return today(
        reader_of(request),
        firm_of(request),
        now=now,
        at=choice.at,
        limit=_MOST if choice.all else PAGE,
        kinds=[choice.kind] if choice.kind else [],
        owner=member_of(request).name if choice.owner == "me" else choice.owner,
        few=FEW,
        only=only,
    )


def _row(request: HttpRequest, client: uuid.UUID, *, now: datetime, gone: str) -> str:
    """The row of a client as it stands after a click, and the sentence above the list."""
    choice = _choice(request)
    answer = _ask(request, choice, now=now, only=client)
    row = answer.rows[0] if answer.rows else None
    context = _context(answer, choice) | {
        "row": row,
        "client_id": client,
        "gone": gone,
        "out_of_band": True,
        "back": reverse("today"),
    }
    name = "today/row.html" if row else "today/gone.html"
    return render_to_string(name, context, request) + render_to_string("today/tally.html", context, request)


def _context(answer: Today, choice: Choice) -> dict[str, object]:
    return {
        "answer": answer,
        "as_of": answer.as_of,
        "drawn_buttons": {},
        "choice": choice,
        "query": choice.query(),
        "looking_back": choice.at is not None,
        "in_hand_count": answer.total - answer.unowned,
        "as_of_day": dates.day(answer.as_of, zone=_zone()),
    }


def _kinds(answer: Today, choice: Choice) -> list[tuple[words.Feeling, int, str, bool]]:
    """The filters worth offering: kinds that are there now, in the order of the vocabulary."""
    return [
        (
            words.feeling(kind),
            answer.kinds[kind],
            choice.query(kind="" if kind == choice.kind else kind),
            kind == choice.kind,
        )
        for kind in SignalKind.values
        if answer.kinds.get(kind) or kind == choice.kind
    ]


def _choice(request: HttpRequest) -> Choice:
    kind = request.GET.get("kind", "")
    owner = request.GET.get("owner", "")
    return Choice(
        kind=kind if kind in SignalKind.values else "",
        owner=owner if owner in {"nobody", "me"} else "",
        at=_moment(request.GET.get("at", ""), firm_of(request)),
        all=bool(request.GET.get("all")),
    )


_BELIEVABLE = (1971, 2200)  # years that somebody may want to look at


def _moment(value: str, firm: Firm) -> datetime | None:
    """The end of the day that `value` names, or the moment; None where it is neither."""
    zone = ZoneInfo(firm.timezone)
    try:
        day = parse_date(value)
        if day is not None and _BELIEVABLE[0] <= day.year <= _BELIEVABLE[1]:
            return datetime.combine(day, time(23, 59, 59), tzinfo=zone)
        moment = parse_datetime(value)
    except ValueError:
        return None
    if moment is None or not _BELIEVABLE[0] <= moment.year <= _BELIEVABLE[1]:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _said(action: Action, until: datetime | None, firm: Firm, *, now: datetime) -> str:
    if action == Action.OWN:
        return _("It is yours now.")
    if action == Action.NOT_AN_ISSUE:
        return _("Noted: not an issue.")
    day = dates.spoken(until, now=now, zone=ZoneInfo(firm.timezone)) if until else ""
    return _("Put off. It is back %(day)s.") % {"day": day}


def _zone() -> ZoneInfo:
    from django.utils import timezone

    return ZoneInfo(timezone.get_current_timezone_name())


def _back(request: HttpRequest) -> str:
    """Where the click came from, if that is a page of ours."""
    target = request.POST.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else reverse("today")


def _reload(request: HttpRequest, back: str) -> HttpResponse:
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": back})
    return redirect(back)
