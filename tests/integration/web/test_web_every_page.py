"""What holds for all pages: signed in only, nothing inline, nothing of another firm, a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from tests.integration.web.conftest import no_firm
from tests.letters import judged, letter

from amends.clients.models import Client
from amends.firm.models import Firm
from amends.firm.scope import firm_scope
from amends.flows.set_up import begin_run, found_firm
from amends.mail.models import Message, Thread
from amends.signals.models import Response, Signal

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def addresses() -> dict[str, str]:
    """An address of every page, for the firm in scope."""
    client, thread = Client.objects.earliest("pk"), Thread.objects.latest("last_at")
    return {
        "today": "/",
        "clients": "/clients/",
        "client": f"/clients/{client.public_id}/",
        "engagement": f"/clients/{client.public_id}/engagements/new/",
        "portfolio": "/portfolio/",
        "portfolio-flows": "/portfolio/flows/",
        "policy": "/settings/policy/",
        "policy-text": "/settings/policy/1.toml",
        "statement": f"/clients/{client.public_id}/capital/",
        "timeline": f"/clients/{client.public_id}/timeline/",
        "options": "/clients/options/?q=house",
        "thread": f"/threads/{thread.public_id}/",
        "search": "/search/?q=invoice",
        "palette": "/go/?q=house",
        "import": "/import/",
        "set aside": "/set-aside/",
        "set apart": "/set-apart/",
        "outbox": "/outbox/",
        "settings": "/settings/",
        "sending": "/settings/sending/",
        "check": "/check/?example=1",
        "check-rules": "/settings/check/",
        "glossary": f"/clients/{client.public_id}/glossary/",
        "worth": f"/clients/{client.public_id}/worth/",
        "services": "/settings/services/",
        "suppliers": "/settings/suppliers/",
        "client-scope": f"/clients/{client.public_id}/scope/",
        "partings": "/partings/",
        "client-parting": f"/clients/{client.public_id}/parting/",
        "goodwill": f"/clients/{client.public_id}/goodwill/",
        "guarantees": "/guarantees/",
        "reviews": "/reviews/",
        "manners": "/settings/goodwill/",
        "jobs": "/settings/jobs/",
        "model": "/model/",
        "welcome": "/welcome/",
        "gates": "/gates/",
        "clearances": "/clearance/",
        "starting-lists": "/lists/",
        "starting-list": "/lists/checks/pr/",
        "drills": "/drills/",
        "drill": "/drills/the-remark/",
        "engagements": "/engagements/",
        "hours": "/import/hours/",
        "people": "/import/people/",
        "members": "/settings/members/",
        "audit": "/settings/audit/",
        "you": "/settings/you/",
        "reading": "/reading/",
        "tokens": "/settings/tokens/",
        "webhooks": "/settings/webhooks/",
        "set-up": "/set-up/",
        "set-up-filling": "/set-up/filling/",
        "set-up-whose": "/set-up/whose/",
    }


class Inline(HTMLParser):
    """Collects what a strict policy would refuse, and tags that were left open."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        self.found += [f"<{tag} {name}>" for name in names if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"<{tag}>")
        self.found += [f"{name}={value}" for name, value in attrs if name in {"src", "href"} and "//" in (value or "")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.found.append(f"</{tag}> closes nothing")


@pytest.fixture(autouse=True)
def _mail(complaints: Callable[[int], None]) -> None:
    complaints(5)


@pytest.mark.parametrize(
    "name",
    [
        "today",
        "clients",
        "client",
        "engagement",
        "thread",
        "search",
        "import",
        "outbox",
        "settings",
        "sending",
        "check",
        "check-rules",
        "glossary",
        "worth",
        "model",
        "welcome",
        "drills",
        "drill",
        "engagements",
        "hours",
        "people",
        "tokens",
        "webhooks",
        "policy",
        "members",
        "audit",
        "you",
        "jobs",
        "set-up",
    ],
)
def test_pages_are_sound_and_hold_nothing_inline(browser: Browser, name: str) -> None:
    answer = browser.get(addresses()[name])
    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    page = Inline()
    page.feed(answer.content.decode())
    assert page.found == []
    assert page.open == []


def test_nobody_sees_a_page_without_signing_in(client: Browser, firm: Firm) -> None:
    for name, address in addresses().items():
        with no_firm():
            answer = client.get(address)
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/sign-in/?next="), name


def test_parts_answer_too(browser: Browser) -> None:
    for name in ("timeline", "options", "palette"):
        assert browser.get(addresses()[name]).status_code == 200


def test_what_is_another_firms_is_not_there(browser: Browser, fresh: datetime) -> None:
    other = found_firm(["rival.example"], now=fresh, name="Rival")
    with firm_scope(other):
        judged(
            letter("I am furious about this.", at=fresh - timedelta(days=2), to="boss@rival.example", message_id="x@y"),
            now=fresh,
        )
        run = begin_run([], now=fresh)
        client, thread, message = Client.objects.get(), Thread.objects.get(), Message.objects.get()
        signal = Signal.objects.earliest("pk")
    base = f"/clients/{client.public_id}/"
    for address in (
        base, f"{base}timeline/", f"{base}engagements/new/", f"/threads/{thread.public_id}/",
        f"/import/{run.public_id}/",
        f"/messages/{message.public_id}/html", f"/messages/{message.public_id}/original",
        f"/messages/{message.public_id}/attachments/0",
    ):  # fmt: skip
        assert browser.get(address).status_code == 404, address
    for address in ("rename", "standing", "merge", "split"):
        assert browser.post(f"{base}{address}/", {"name": "Ours"}).status_code == 404, address
    browser.post("/answer/", {"answer": "own", "signal": [str(signal.public_id)]})
    with firm_scope(other):
        assert not Response.objects.exists()
    assert "furious about this" not in browser.get("/search/?q=furious").content.decode()


@pytest.mark.parametrize("name", [
    "today", "clients", "client", "thread", "search", "set apart", "import", "set-up-filling", "set-up-whose",
])  # fmt: skip
def test_the_number_of_queries_does_not_grow_with_the_rows(
    browser: Browser, complaints: Callable[[int], None], name: str
) -> None:
    few = _queries(browser, addresses()[name])
    complaints(50)
    many = _queries(browser, addresses()[name])
    assert many == few
    assert 2 < few <= 28  # a client's page: its recoveries and its promises are one query each, its account four


def _queries(browser: Browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert browser.get(address).status_code == 200
    return len(caught)


def test_errors_have_pages_of_ours(browser: Browser) -> None:
    missing = browser.get("/nope/")
    assert missing.status_code == 404
    assert "There is nothing here" in missing.content.decode()
    strict = Browser(enforce_csrf_checks=True)
    refused = strict.post("/sign-in/", {})
    assert refused.status_code == 403
    assert "That was not accepted" in refused.content.decode()
    assert browser.get("/healthz").content == b"ok\n"
