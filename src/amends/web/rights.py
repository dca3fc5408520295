"""Views that not every role may use."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from amends.firm.rules import Right, may
from amends.web.http import member_of

P = ParamSpec("P")


def needs_to_act(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Refuse members whose role may only look. Goes below `login_required`."""

    @wraps(view)
    def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may(member_of(request).role, Right.ACT):
            raise PermissionDenied(_("Your role may look, but not write to people. Ask an administrator to change it."))
        return view(request, *args, **kwargs)

    return checked
