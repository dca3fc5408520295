"""One gate, and all of them: what is missing before work begins in an industry that is new to the firm."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.boundaries.models import Gate, GateEvidence, GateQuestion, GateState
from amends.boundaries.queries.gates import gates
from amends.clients.models import Engagement
from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows.boundaries import gates as flow
from amends.insights.gates import gate_page, standings
from amends.web.gates import words
from amends.web.guard import has, needs
from amends.web.http import clock, member_of, reader_of
from amends.web.recovery.doing import day_of, number, one_id

_SHOWN = ("", GateState.PASSED, GateState.OVERRIDDEN)
Deed = Callable[[HttpRequest, uuid.UUID, QueryDict], tuple[str, str]]


@login_required
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """All gates of engagements that go on: the open ones, or those that were passed or overridden."""
    show = request.GET.get("show", "")
    show = show if show in _SHOWN else ""
    rows = [(one, words.standing(one)) for one in standings(gates(state=show or GateState.OPEN))]
    tabs = [(name, label) for name, label in (("", _("Open")), *GateState.choices[1:])]
    return render(request, "gates/list.html", {"rows": rows, "show": show, "tabs": tabs})


@needs(Right.ACT, to_write=True)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, gate_id: uuid.UUID) -> HttpResponse:
    """One gate; a POST does one thing with it: `do` says which."""
    if request.method != "POST":
        return _page(request, gate_id)
    given = request.POST
    do = given.get("do") or request.GET.get("do", "")
    deed = _DEEDS.get(do)
    try:
        if deed is None:
            raise Http404
        said, undo = deed(request, gate_id, given)
    except (Gate.DoesNotExist, GateEvidence.DoesNotExist, GateQuestion.DoesNotExist) as error:
        raise Http404 from error
    except AmendsError as error:
        return _page(request, gate_id, status=422, problem=str(error), typed=given, tried=do)
    back = reverse("gate", args=[gate_id])
    messages.success(request, said, extra_tags=f"{back}?do={undo}" if undo else "")
    return redirect(f"{back}#{_PLACES.get(do, given.get('part', ''))}")


@needs(Right.ACT)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Open the gate of an engagement by hand."""
    try:
        made = flow.open_by_hand(_id(request.POST.get("engagement", "")), by=member_of(request), now=clock())
    except Engagement.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        messages.error(request, str(error))
        return redirect("gates")
    messages.success(request, _("The gate is open. These are the questions to begin with."))
    return redirect("gate", made.public_id)


def _page(request: HttpRequest, gate_id: uuid.UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    try:
        found = gate_page(reader_of(request), gate_id)
    except Gate.DoesNotExist as error:
        raise Http404 from error
    context = {
        "found": found,
        "gate": found.gate,
        "engagement": found.gate.engagement,
        "client": found.gate.engagement.client,
        "missing": words.missing(found.missing, unanswered=found.facts.unanswered),
        "parts": {
            str(part): {"proofs": proofs, "offered": found.offered.get(part, [])}
            for part, proofs in found.proofs.items()
        },
        "may_act": has(request, Right.ACT) and found.gate.state == GateState.OPEN,
        "may_decide": has(request, Right.DECIDE),
        **more,
    }
    return render(request, "gates/page.html", context, status=status)


# -- deeds: each says what was done, and the query that undoes it -----------------------------------------------------


def _show(request: HttpRequest, gate_id: uuid.UUID, given: QueryDict) -> tuple[str, str]:
    message = one_id(given.get("message", ""))
    made = flow.show(
        reader_of(request), gate_id, part=given.get("part", ""), message=message, quote=given.get("quote", ""),
        words=given.get("words", ""), said_on=None if message else day_of(given.get("said_on", "")),
        by=member_of(request), now=clock(),
    )  # fmt: skip
    return _("Kept."), f"take_away&evidence={made.public_id}"


def _take_away(request: HttpRequest, gate_id: uuid.UUID, given: QueryDict) -> tuple[str, str]:
    key = _named(request, given, "evidence")
    flow.take_away(gate_id, key, by=member_of(request), now=clock())
    return _("Taken away."), f"put_back&evidence={key}"


def _put_back(request: HttpRequest, gate_id: uuid.UUID, given: QueryDict) -> tuple[str, str]:
    flow.put_back(gate_id, _named(request, given, "evidence"), by=member_of(request), now=clock())
    return _("As it was before."), ""


def _ask(request: HttpRequest, gate_id: uuid.UUID, given: QueryDict) -> tuple[str, str]:
    made = flow.ask(gate_id, given.get("question", ""), why=given.get("why", ""))
    return _("Added."), f"drop&question={made.public_id}"


def _answer(request: HttpRequest, gate_id: uuid.UUID, given: QueryDict) -> tuple[str, str]:
    flow.answer(
        gate_id, _named(request, given, "question"), given.get("answer", ""), told_by=given.get("told_by", ""),
        version=number(given.get("version", "")), by=member_of(request), now=clock(),
    )  # fmt: skip
    return _("Saved."), ""


def _reword(request: HttpRequest, gate_id: uuid.UUID, given: QueryDict) -> tuple[str, str]:
    key, version = _named(request, given, "question"), number(given.get("version", ""))
    flow.reword(gate_id, key, given.get("words", ""), why=given.get("why", ""), version=version)
    return _("Saved."), ""


def _drop(request: HttpRequest, gate_id: uuid.UUID, given: QueryDict) -> tuple[str, str]:
    key = _named(request, given, "question")
    flow.drop_question(gate_id, key, now=clock())
    return _("Taken out."), f"bring_back&question={key}"


def _bring_back(request: HttpRequest, gate_id: uuid.UUID, given: QueryDict) -> tuple[str, str]:
    flow.bring_question_back(gate_id, _named(request, given, "question"))
    return _("As it was before."), ""


def _pass(request: HttpRequest, gate_id: uuid.UUID, given: QueryDict) -> tuple[str, str]:
    gate = flow.let_pass(gate_id, version=number(given.get("version", "")), by=member_of(request), now=clock())
    return _("Passed. Work can begin."), f"open_again&version={gate.version}"


def _override(request: HttpRequest, gate_id: uuid.UUID, given: QueryDict) -> tuple[str, str]:
    gate = flow.override(
        gate_id, why=given.get("why", ""), version=number(given.get("version", "")), by=member_of(request), now=clock()
    )
    return _("Overridden, with your reason."), f"open_again&version={gate.version}"


def _open_again(request: HttpRequest, gate_id: uuid.UUID, given: QueryDict) -> tuple[str, str]:
    version = number(given.get("version") or request.GET.get("version", ""))
    flow.open_again(gate_id, version=version, by=member_of(request), now=clock())
    return _("It is open again."), ""


def _named(request: HttpRequest, given: QueryDict, name: str) -> uuid.UUID:
    """The id that a form, or the address of an undo, names."""
    return _id(given.get(name) or request.GET.get(name, ""))


def _id(said: str) -> uuid.UUID:
    found = one_id(said)
    if found is None:
        raise Http404
    return found


_DEEDS: dict[str, Deed] = {
    "show": _show, "take_away": _take_away, "put_back": _put_back, "ask": _ask, "answer": _answer, "reword": _reword,
    "drop": _drop, "bring_back": _bring_back, "pass": _pass, "override": _override, "open_again": _open_again,
}  # fmt: skip
_PLACES = dict.fromkeys(("ask", "answer", "reword", "drop", "bring_back"), "questions")
