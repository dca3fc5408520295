"""What the firm knows beforehand, as pages: its clocks, and its playbooks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.rules import Right
from amends.flows.recovery import settings
from amends.recovery.queries import clocks as clocks_now
from amends.recovery.queries import editions, free_mode, playbook, playbooks
from amends.recovery.shipped import Book, from_content
from amends.web.guard import needs
from amends.web.http import clock, member_of
from amends.web.recovery.doing import number

_NEW = "new"


class ClocksForm(forms.Form):
    """Business hours, days, and who is told."""

    to_own = forms.IntegerField(label=gettext_lazy("To own it"), min_value=1, max_value=1000)
    to_reply = forms.IntegerField(label=gettext_lazy("To the first reply"), min_value=1, max_value=1000)
    to_answer = forms.IntegerField(label=gettext_lazy("To the answer"), min_value=1, max_value=1000)
    to_make_good = forms.IntegerField(label=gettext_lazy("To make it good"), min_value=1, max_value=1000)
    ask_after_days = forms.IntegerField(
        label=gettext_lazy("Ask whether it is right, so many days after"), min_value=1, max_value=90
    )
    escalate_to = forms.ModelChoiceField(
        label=gettext_lazy("Who is told by mail of what is late"), queryset=Member.across_firms.none(), required=False,
        empty_label=gettext_lazy("Nobody: it is shown in the list alone"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["escalate_to"].queryset = Member.objects.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]


@needs(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def clocks(request: HttpRequest) -> HttpResponse:
    """How many business hours the firm gives itself, and who hears when they are over."""
    given = clocks_now()
    initial = {name: getattr(given, name) for name in ClocksForm.base_fields}
    form = ClocksForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        told = values.pop("escalate_to")
        settings.set_clocks(values, escalate_to=told, by=member_of(request), now=clock())
        messages.success(request, _("Saved."))
        return redirect("recovery-clocks")
    return render(request, "recovery/clocks.html", {"form": form}, status=422 if request.method == "POST" else 200)


@login_required
@require_safe
def books(request: HttpRequest) -> HttpResponse:
    """All playbooks, by trade."""
    found = playbooks(retired=True)
    trades = {trade: [one for one in found if one.trade == trade] for trade in sorted({one.trade for one in found})}
    return render(request, "recovery/playbooks.html", {"trades": trades})


@needs(Right.CURATE, to_write=True)
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, mode: str) -> HttpResponse:
    """One playbook, to read and to write a new edition of; `new` begins one of the firm's own."""
    there = playbook(mode) if mode != _NEW else None
    if there is None and mode != _NEW:
        raise Http404
    if request.method != "POST":
        return _shown(request, mode, there)
    given = request.POST
    try:
        made = _typed(given.dict(), mode, there)
        settings.write_playbook(made, seen=number(given.get("seen", "")), by=member_of(request), now=clock())
    except AmendsError as error:
        return _shown(request, mode, there, typed=given.dict(), problem=str(error))
    messages.success(request, _("A new edition counts from now on."))
    return redirect("playbook", made.mode)


def _typed(given: dict[str, str], mode: str, there: Book | None) -> Book:
    trade = there.trade if there else given.get("trade", "").replace("\x00", "").strip()[:40] or "own"
    name = given.get("name", "").strip()[:200]
    content = {
        "fails": given.get("fails", ""), "first_words": given.get("first_words", ""),
        "said": given.get("said", "").splitlines(), "questions": given.get("questions", "").splitlines(),
        "never": given.get("never", "").splitlines(),
        "remedies": [_option(line) for line in given.get("remedies", "").splitlines() if line.strip()],
    }  # fmt: skip
    key = mode if there else free_mode(slugify(f"{trade} {name}"))
    return from_content(content, mode=key, trade=trade, name=name, retired=given.get("retired") == "yes")


def _option(line: str) -> dict[str, Any]:
    """A line "credit | the round is not billed | 800"."""
    kind, _bar, rest = line.partition("|")
    what, _bar, cost = rest.rpartition("|")
    plain = cost.strip()
    whole = int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 12 else -1
    return {"kind": kind.strip().lower(), "what": what.strip() or plain, "cost": whole}


def _shown(
    request: HttpRequest, mode: str, there: Book | None, *, typed: dict[str, str] | None = None, problem: str = ""
) -> HttpResponse:
    context = {
        "mode": mode, "book": there, "problem": problem, "editions": editions(mode) if there else [],
        "fields": typed or (_fields(there) if there else {}),
    }  # fmt: skip
    return render(request, "recovery/playbook.html", context, status=422 if problem else 200)


def _fields(there: Book) -> dict[str, str]:
    return {
        "name": there.name, "fails": there.fails, "first_words": there.first_words,
        "said": "\n".join(there.said), "questions": "\n".join(there.questions), "never": "\n".join(there.never),
        "remedies": "\n".join(f"{one.kind} | {one.what} | {one.cost}" for one in there.remedies),
        "retired": "yes" if there.retired else "",
    }  # fmt: skip
