"""The capital policy: what holds and why, what it was, and another one previewed, then adopted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from amends.capital.policy import LONGEST, BadPolicy, NoReason, Overtaken, numbered
from amends.firm.rules import Right
from amends.flows.capital.policies import adopt
from amends.insights.capital.kinds import kind_name
from amends.insights.capital.preview import preview
from amends.insights.capital.versions import NoSuchVersion, differences, version, versions
from amends.web.capital.decay import decay
from amends.web.guard import has, needs, network_address
from amends.web.http import clock, member_of, number_from

_SHOWN = 100  # clients of a preview


@never_cache
@needs(Right.ADMINISTER, to_write=True)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The version that holds, line by line, for everybody; who administers writes another one below."""
    if request.method != "POST":
        return _page(request, {"again": number_from(request, "again")})
    given: dict[str, Any] = {
        "text": request.POST.get("text", "").replace("\r\n", "\n"), "why": request.POST.get("why", ""),
        "after": _whole(request.POST.get("after", "")),
    }  # fmt: skip
    now, adopting = clock(), request.POST.get("do") == "adopt"
    try:
        if not adopting:
            seen = preview(given["text"], now=now)
            return _page(request, {**given, "preview": seen, "rows": seen.changed[:_SHOWN]})
        made = adopt(
            given["text"], why=given["why"], by=member_of(request), after=given["after"], now=now,
            address=network_address(request),
        )  # fmt: skip
    except Overtaken as error:
        del given["after"]  # whoever adopts it all the same has seen that there is another one
        return _page(request, {**given, "overtaken": str(error), "adopting": True}, status=409)
    except NoReason as error:
        return _page(request, {**given, "why_problem": str(error), "adopting": True}, status=422)
    except BadPolicy as error:
        return _page(request, {**given, "problem": str(error), "adopting": adopting}, status=422)
    said = _("Version %(n)s holds for what is posted from now on. What was posted before stays as it is.")
    messages.success(request, said % {"n": made.number})
    return redirect("policy")


@login_required
@require_safe
def text(request: HttpRequest, number: int) -> HttpResponse:
    """One version's text, as a file."""
    try:
        found = version(number)
    except NoSuchVersion as error:
        raise Http404 from error
    name = f'attachment; filename="policy-{number}.toml"'
    return HttpResponse(
        found.text, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name}
    )  # fmt: skip


def _page(request: HttpRequest, given: dict[str, Any], *, status: int = 200) -> HttpResponse:
    found = versions()
    current = found[0]
    again = next((one for one in found if one.number == given.get("again")), None)
    context = {
        "current": current,
        "lines": [(kind_name(line.kind), line) for line in current.policy.lines.values()],
        "decay": decay(current.policy.half_life_days),
        "versions": found,
        "longest": LONGEST,
        "may_write": has(request, Right.ADMINISTER),
        "text": numbered((again or current).text, current.number + 1),
        "from_number": again.number if again else None,
        "would_change": differences(current.policy, again.policy) if again else [],
        "after": current.number,
        **given,
    }
    return render(request, "capital/policy.html", context, status=status)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
