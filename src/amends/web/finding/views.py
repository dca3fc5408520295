"""Search over everything, and suggestions for the command palette."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from amends.firm.rules import Right, may
from amends.insights.address_book import clients_named
from amends.insights.finding import find
from amends.mail.models import Message
from amends.web.finding.excerpts import excerpt, marked
from amends.web.http import member_of, number_from, reader_of


@dataclass(frozen=True, slots=True)
class Hit:
    """One message that was found."""

    message: Message
    subject: SafeString
    excerpt: SafeString


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of the palette."""

    label: str
    hint: str
    href: str
    icon: str


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Messages newest first, and clients of that name."""
    words = request.GET.get("q", "").strip()[:300]
    found = find(reader_of(request), words, before=number_from(request, "before"))
    hits = [
        Hit(
            message,
            marked(message.subject or _("(no subject)"), words),
            excerpt(found.texts.get(message.pk, ""), words, fallback=message.snippet),
        )
        for message in found.messages
    ]
    older = f"?{urlencode({'q': words, 'before': found.older})}" if found.older else ""
    first = not request.GET.get("before")
    return render(
        request, "find/page.html", {"q": words, "clients": found.clients, "hits": hits, "older": older, "first": first}
    )


@login_required
@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """Pages and clients whose name holds what was typed."""
    words = request.GET.get("q", "").strip()[:100]
    pages = [
        Suggestion(_("Today"), "G T", reverse("today"), "sun"),
        Suggestion(_("Recoveries"), "G R", reverse("recoveries"), "heart-handshake"),
        Suggestion(_("Promises"), "G P", reverse("promises"), "calendar-check"),
        Suggestion(_("Clients"), "G C", reverse("clients"), "users"),
        Suggestion(_("Engagements"), "", reverse("engagements"), "folder"),
        Suggestion(_("Readiness gates"), "", reverse("gates"), "circle-dashed"),
        Suggestion(_("Clearance"), "", reverse("clearances"), "list-checks"),
        Suggestion(_("Bring mail in"), "G M", reverse("import"), "upload"),
        Suggestion(_("Outbox"), "", reverse("outbox"), "send"),
        Suggestion(_("Bring hours in"), "", reverse("hours"), "clock"),
        Suggestion(_("Bring clients in"), "", reverse("people"), "contact"),
        Suggestion(_("Mail set aside"), "", reverse("set-aside"), "inbox"),
        Suggestion(_("Newsletters and automatic mail"), "", reverse("set-apart"), "newspaper"),
        Suggestion(_("Who may read what"), "", reverse("who-reads"), "lock"),
        Suggestion(_("Playbooks"), "", reverse("playbooks"), "book-open"),
        Suggestion(_("Guarantees"), "", reverse("guarantees"), "shield-check"),
        Suggestion(_("Reviews"), "", reverse("reviews"), "star"),
        Suggestion(_("You"), "", reverse("you"), "user-round"),
        Suggestion(_("What you may do and give here"), "", reverse("welcome"), "badge-check"),
        Suggestion(_("The model"), "", reverse("model"), "scan-text"),
    ]
    if may(member_of(request).role, Right.ACT):
        pages.insert(6, Suggestion(_("Check a text"), "G K", reverse("check"), "text-search"))
        pages.append(Suggestion(_("The check’s rules"), "", reverse("check-rules"), "list-checks"))
        pages.append(Suggestion(_("Drills"), "", reverse("drills"), "messages-square"))
    if may(member_of(request).role, Right.ADMINISTER):
        pages += [
            Suggestion(_("Settings"), "G S", reverse("settings"), "settings"),
            Suggestion(_("Members"), "", reverse("members"), "users-round"),
            Suggestion(_("The audit log"), "", reverse("audit"), "scroll-text"),
        ]
    items = [page for page in pages if words.lower() in page.label.lower()]
    named = [
        Suggestion(client.name, str(client.get_standing_display()), reverse("client", args=[client.public_id]), "user")
        for client in clients_named(words, limit=7)
    ]
    items = named + items if words else items + named
    if words:
        search = f"{reverse('search')}?{urlencode({'q': words})}"
        items.append(Suggestion(_("Search for “%(words)s”") % {"words": words}, "", search, "search"))
    return render(request, "shell/suggestions.html", {"items": items})


@login_required
@require_safe
def options(request: HttpRequest) -> HttpResponse:
    """Clients to choose from in a list, without the one that is `not` meant."""
    words = request.GET.get("q", "").strip()[:100]
    without = request.GET.get("not", "")
    clients = [client for client in clients_named(words, limit=12) if str(client.public_id) != without]
    return render(request, "client/options.html", {"clients": clients})
