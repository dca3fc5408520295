"""What a member's role lets them do on pages: without the right there is a page that says whom to ask."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from amends.firm.rules import Right, may
from amends.web.http import member_of


def has(request: HttpRequest, right: Right) -> bool:
    """Whether whoever is signed in has this right."""
    return may(member_of(request).role, right)


def demand(request: HttpRequest, right: Right) -> None:
    """Refuse whoever has not this right; raises `PermissionDenied`."""
    if not has(request, right):
        raise PermissionDenied(_("Your role does not allow this. Ask an administrator of your firm."))
