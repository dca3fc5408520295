"""The audit log: who did, or saw, what matters; and the same as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from amends.core.sheets import csv_lines
from amends.firm.audit import note
from amends.firm.models import AuditEntry
from amends.firm.queries import Sought, all_members, audit_all, audit_page, audit_parts
from amends.firm.rules import Right
from amends.insights.named import Named, named
from amends.web.audit import words
from amends.web.guard import needs, network_address
from amends.web.http import clock, member_of

_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the page tells it."""

    entry: AuditEntry
    did: str
    about: str
    detail: str
    href: str = ""


@needs(Right.ADMINISTER)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The newest lines, or those that were asked for."""
    sought, before = _sought(request), _before(request.GET.get("before", ""))
    rows = audit_page(sought, zone=_zone(), before=before, limit=_PAGE + 1)
    shown = rows[:_PAGE]
    names = named(row.about for row in shown)
    parts = audit_parts()
    if sought.part and sought.part not in parts:
        parts = [*parts, sought.part]
    context = {
        "lines": [_line(row, names) for row in shown],
        "older": _query(sought, before=_cursor(shown[-1])) if len(rows) > _PAGE else "",
        "newest": before is None,
        "file": _query(sought),
        "sought": sought,
        "narrowed": sought != Sought(),
        "people": [(one.email, str(one)) for one in all_members()],
        "parts": [(name, words.part(name)) for name in parts],
    }
    return render(request, "audit/page.html", context)


@needs(Right.ADMINISTER)
@require_safe
def download(request: HttpRequest) -> StreamingHttpResponse:
    """The same lines as CSV. That somebody took them is noted, too."""
    sought, now = _sought(request), clock()
    asked = {name: str(value) for name, value in _named(sought).items()}
    note("audit.downloaded", member=member_of(request), detail=asked, now=now, address=network_address(request))
    return StreamingHttpResponse(
        _file(audit_all(sought, zone=_zone())),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="amends-audit-{now:%Y-%m-%d}.csv"',
            "Cache-Control": "no-store",
        },
    )


def _file(batches: Iterator[list[AuditEntry]]) -> Iterator[str]:
    yield csv_lines([("at", "who", "did", "about", "detail", "address")])
    for rows in batches:
        yield csv_lines(
            (_at(row), row.who, row.did, row.about, words.details(row.detail), row.address or "")
            for row in rows
        )  # fmt: skip


def _line(row: AuditEntry, names: dict[str, Named]) -> Line:
    """What it is about by its name and with a link; where that is gone, or mail, as a kind."""
    about, found = "" if row.about in {row.who, ""} else row.about, names.get(row.about)
    return Line(
        row, words.deed(row.did), found.name if found else words.thing(about), words.details(row.detail),
        _href(found) if found else "",
    )  # fmt: skip


def _href(found: Named) -> str:
    match found.kind:
        case "client":
            return reverse("client", args=[found.public_id])
        case "engagement":
            return reverse("engagement", args=[found.client, found.public_id])
        case "mailbox":
            return reverse("mailboxes")
    return ""


def _sought(request: HttpRequest) -> Sought:
    given = request.GET
    return Sought(
        who=given.get("who", "")[:320].replace("\0", ""),
        part="".join(letter for letter in given.get("part", "")[:60] if letter.isalnum() or letter == "_"),
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
    )


def _day(value: str) -> date | None:
    try:
        found = parse_date(value)
    except ValueError:
        return None
    return found if found and 1971 <= found.year <= 2200 else None


def _named(sought: Sought) -> dict[str, object]:
    named = {"who": sought.who, "part": sought.part, "since": sought.since, "until": sought.until}
    return {name: value for name, value in named.items() if value}


def _query(sought: Sought, **more: str) -> str:
    values = {**_named(sought), **more}
    return f"?{urlencode(values)}" if values else ""


def _cursor(row: AuditEntry) -> str:
    return f"{_at(row)}_{row.pk}"


def _at(row: AuditEntry) -> str:
    return row.at.astimezone(UTC).isoformat()


def _before(value: str) -> tuple[datetime, int] | None:
    """Where the page above ended; the first page where that is not said, or not so that it could be."""
    moment, _, key = value.partition("_")
    try:
        at, number = datetime.fromisoformat(moment), int(key)
    except ValueError:
        return None
    return (at, number) if at.tzinfo and 0 <= number < 1 << 63 else None


def _zone() -> ZoneInfo:
    return ZoneInfo(timezone.get_current_timezone_name())
