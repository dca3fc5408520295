"""What runs in the background, what waits, and what has failed and why."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.flows import jobs
from amends.insights.work import work_of_firm
from amends.jobs.actions.manage import NotWaiting
from amends.jobs.models import Job
from amends.web.http import clock, is_htmx, member_of, reader_of


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The firm's jobs. Asked for by HTMX it answers with the list alone, which asks again by itself."""
    _administrator(request)
    return _list(request)


@login_required
@require_POST
def again(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Try a failed job again, at once."""
    return _deed(request, job_id, jobs.try_again, _("It will be tried again in a moment."))


@login_required
@require_POST
def drop(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Forget a job that has failed or waits."""
    return _deed(request, job_id, jobs.drop, _("It is dropped. What it did so far stays."))


def _deed(request: HttpRequest, job_id: uuid.UUID, deed: Callable[..., None], said: str) -> HttpResponse:
    member = _administrator(request)
    status = 200
    try:
        deed(job_id, member=member, now=clock())
    except Job.DoesNotExist as error:
        raise Http404 from error
    except NotWaiting as error:
        said, status = str(error), 409
    if is_htmx(request):
        return _list(request, said=said)  # HTMX swaps no answer that is an error
    return redirect("jobs") if status == 200 else _list(request, said=said, status=status)


def _list(request: HttpRequest, *, said: str = "", status: int = 200) -> HttpResponse:
    context = {"work": work_of_firm(reader_of(request), now=clock()), "said": said}
    return render(request, "jobs/list.html" if is_htmx(request) else "jobs/page.html", context, status=status)


def _administrator(request: HttpRequest) -> Member:
    member = member_of(request)
    if not may(member.role, Right.ADMINISTER):
        raise PermissionDenied(_("Only an administrator sees the jobs. Ask one of yours."))
    return member
