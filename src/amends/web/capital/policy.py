"""The capital policy: what holds and why, what it was, and another one previewed and adopted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from amends.capital.policy import LONGEST, BadPolicy
from amends.firm.rules import Right
from amends.flows.capital.policies import adopt
from amends.insights.capital.kinds import kind_name
from amends.insights.capital.policies import preview, versions
from amends.web.guard import needs
from amends.web.http import clock, member_of, number_from

_SHOWN = 100  # clients of a preview


@never_cache
@needs(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The version that holds, line by line; a POST previews or adopts what is written below it."""
    found = versions()
    if request.method != "POST":
        again = number_from(request, "again")
        text = next((one.text for one in found if one.number == again), found[0].text)
        return _page(request, {"text": text, "writing": again is not None})
    given: dict[str, Any] = {
        "text": request.POST.get("text", "")[: LONGEST + 1].replace("\r\n", "\n"),
        "why": request.POST.get("why", "")[:500], "after": _whole(request.POST.get("after", "")), "writing": True,
    }  # fmt: skip
    now = clock()
    try:
        if request.POST.get("do") != "adopt":
            seen = preview(given["text"], now=now)
            return _page(request, {**given, "preview": seen, "rows": seen.rows[:_SHOWN]})
        made = adopt(given["text"], why=given["why"], by=member_of(request), after=given["after"], now=now)
    except BadPolicy as error:
        return _page(request, {**given, "problem": str(error)}, status=422)
    said = _("Version %(n)s holds for what is posted from now on. What was posted before stays as it is.")
    messages.success(request, said % {"n": made.number})
    return redirect("policy")


def _page(request: HttpRequest, given: dict[str, Any], *, status: int = 200) -> HttpResponse:
    found = versions()
    current = found[0]
    context = {
        "current": current,
        "lines": [(kind_name(line.kind), line) for line in current.policy.lines.values()],
        "versions": found,
        "longest": LONGEST,
        **given,
    }
    return render(request, "capital/policy.html", {"after": current.number, **context}, status=status)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
