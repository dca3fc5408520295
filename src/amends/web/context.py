"""What every page needs around its content."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.outbox.queries import to_settle
from amends.web.http import clock
from amends.web.settings.sections import NAMES, sections_for

_SECTIONS = {
    "today": "today",
    "promises": "promises",
    "promise-add": "promises",
    "clients": "clients",
    "client": "clients",
    **dict.fromkeys(["statement", "portfolio", "portfolio-flows"], "clients"),
    "thread": "clients",
    "engagements": "clients",
    "engagement": "clients",
    "engagement-new": "clients",
    "engagement-edit": "clients",
    "engagement-close": "clients",
    **dict.fromkeys(["playbooks", "playbook", "drills", "drill", "drill-result"], "recoveries"),
    "hours": "mail",
    "hours-sheet": "mail",
    "people": "mail",
    "people-sheet": "mail",
    "import": "mail",
    "run": "mail",
    "set-aside": "mail",
    "set-apart": "mail",
    "who-reads": "mail",
    "outbox": "mail",
    "draft-settle": "mail",
    "draft-rewrite": "mail",
    "check": "check",
    "glossary": "clients",
    "client-worth": "clients",
    **dict.fromkeys(
        ["gates", "gate", "clearances", "clearance", "clearance-new", "starting-lists", "starting-list"], "clients"
    ),
    **dict.fromkeys(["goodwill", "reviews", "guarantees", "claim"], "clients"),
    **dict.fromkeys(NAMES, "settings"),
    "two-factor": "settings",
    "welcome": "settings",
    "app-add": "settings",
    "you-password": "settings",
    **dict.fromkeys(["mailbox-add", "mailbox", "mailbox-mend", "mailbox-aside", "mailbox-permission"], "settings"),
    "webhook": "settings",
    "supplier": "settings",
    **dict.fromkeys(
        ["scope-answer", "client-scope", "engagement-scope", "referral-out", "partings", "client-parting"], "clients"
    ),
    "set-up": "settings",
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """The moment of the request, what the member may do, and which part of the navigation it belongs to."""
    match = request.resolver_match
    section = _section(match.url_name or "", match.route) if match else ""
    found: dict[str, Any] = {"now": clock(), "section": section}
    user = getattr(request, "user", None)  # not there yet where a request is refused early
    if isinstance(user, Member):
        found["rights"] = {right.value: may(user.role, right) for right in Right}
        found["to_settle"] = cache(lambda: to_settle(user) if may(user.role, Right.ACT) else 0)  # parts ask for none
    if section == "settings" and isinstance(user, Member):
        found["settings_sections"] = sections_for(user)
    return found


def _section(name: str, route: str) -> str:
    """All that is put right is one part, wherever it is worked on."""
    return "recoveries" if route.startswith(("recoveries/", "approvals/")) else _SECTIONS.get(name, "")
