"""What every page needs around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from amends.web.http import clock

_SECTIONS = {
    "today": "today",
    "clients": "clients",
    "client": "clients",
    "thread": "clients",
    "import": "mail",
    "run": "mail",
    "set-aside": "mail",
    "set-apart": "mail",
    "settings": "settings",
    "model": "settings",
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """The moment of the request, and which part of the navigation it belongs to."""
    match = request.resolver_match
    return {"now": clock(), "section": _SECTIONS.get(match.url_name or "", "") if match else ""}
