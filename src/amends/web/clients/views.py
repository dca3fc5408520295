"""The list of everybody outside the firm."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from amends.insights.address_book import address_book
from amends.web.clients.tabs import GROUPS, tabs
from amends.web.http import clock, firm_of, number_from, reader_of


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Clients by what they are to us."""
    group = request.GET.get("group", "clients")
    group = group if group in GROUPS else "clients"
    sort = "name" if request.GET.get("sort") == "name" else "heard"
    words = request.GET.get("q", "").strip()[:100]
    number = max(1, number_from(request, "page") or 1)
    book = address_book(
        reader_of(request), firm_of(request), now=clock(), group=group, sort=sort, words=words, page=number
    )

    def link(**changes: str) -> str:
        values = {"group": group, "sort": sort, "q": words, **changes}
        return "?" + urlencode({name: value for name, value in values.items() if value})

    context = {
        "book": book,
        "group": group,
        "sort": sort,
        "words": words,
        "tabs": tabs(book.counts, chosen=group, query=link(group="").replace("?", "&")),
        "by_name": link(sort="name"),
        "by_heard": link(sort="heard"),
        "next": link(page=str(number + 1)) if book.more else "",
        "previous": link(page=str(number - 1)) if number > 1 else "",
    }
    return render(request, "clients/page.html", context)
