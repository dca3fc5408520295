"""What every page needs around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from amends.firm.models import Member
from amends.web.http import clock
from amends.web.settings.sections import NAMES, sections_for

_SECTIONS = {
    "today": "today",
    "clients": "clients",
    "client": "clients",
    "thread": "clients",
    "import": "mail",
    "run": "mail",
    "set-aside": "mail",
    "set-apart": "mail",
    **dict.fromkeys(NAMES, "settings"),
    "webhook": "settings",
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """The moment of the request, and which part of the navigation it belongs to."""
    match = request.resolver_match
    section = _SECTIONS.get(match.url_name or "", "") if match else ""
    found: dict[str, Any] = {"now": clock(), "section": section}
    if isinstance(request.user, Member):
        found["settings_sections"] = sections_for(request.user)
    return found
