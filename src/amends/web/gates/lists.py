"""The lists that gates and clearances start from: to read, and to write a new edition of."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from amends.boundaries.queries.lists import editions, lists, one_list
from amends.boundaries.starting import ListKind, Starting, of_content
from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows.boundaries.lists import write_list
from amends.web.guard import needs
from amends.web.http import clock, member_of
from amends.web.recovery.doing import number

_NEW = "new"


@login_required
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """All lists: questions before work begins, and checks before something goes public."""
    kinds = [
        (kind, label, lists(kind, retired=True))
        for kind, label in (
            (ListKind.QUESTIONS, _("Asked before work begins")),
            (ListKind.CHECKS, _("Cleared before something goes public")),
        )
    ]
    return render(request, "gates/lists.html", {"kinds": kinds})


@needs(Right.CURATE, to_write=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """One list, to read and to write a new edition of; `new` begins one of the firm's own."""
    if kind not in set(ListKind):
        raise Http404
    there = one_list(ListKind(kind), slug) if slug != _NEW else None
    if there is None and slug != _NEW:
        raise Http404
    if request.method != "POST":
        return _page(request, ListKind(kind), slug, there)
    given = request.POST.dict()
    try:
        made = _typed(given, ListKind(kind), slug, there)
        write_list(made, seen=number(given.get("seen", "")), by=member_of(request), now=clock())
    except AmendsError as error:
        return _page(request, ListKind(kind), slug, there, typed=given, problem=str(error))
    messages.success(request, _("A new edition counts from now on. What began before keeps its lines."))
    return redirect("starting-list", kind, made.slug)


def _typed(given: dict[str, str], kind: ListKind, slug: str, there: Starting | None) -> Starting:
    name = given.get("name", "")
    content = {
        "words": given.get("words", "").split(","),
        "lines": [_line(line) for line in given.get("lines", "").splitlines() if line.strip()],
    }
    key = slug if there else slugify(name)[:80] or "own"
    return of_content(content, kind=kind, slug=key, name=name, retired=given.get("retired") == "yes")


def _line(text: str) -> dict[str, str]:
    """A line "what | why | where that is from"."""
    name, _bar, rest = text.partition("|")
    why, _bar, source = rest.partition("|")
    return {"name": name, "why": why, "source": source}


def _page(
    request: HttpRequest, kind: ListKind, slug: str, there: Starting | None, *, typed: dict[str, str] | None = None,
    problem: str = "",
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "kind": kind, "slug": slug, "list": there, "problem": problem, "typed": typed or _fields(there),
        "editions": editions(kind, slug) if there else [],
    }  # fmt: skip
    return render(request, "gates/starting.html", context, status=422 if problem else 200)


def _fields(there: Starting | None) -> dict[str, str]:
    if there is None:
        return {}
    lines = (" | ".join(part for part in (each.name, each.why, each.source)).rstrip(" |") for each in there.lines)
    return {
        "name": there.name, "words": ", ".join(there.words), "lines": "\n".join(lines),
        "retired": "yes" if there.retired else "",
    }  # fmt: skip
