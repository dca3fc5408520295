"""Every address by every role: what each may get and post stands in one table; an address without an entry fails."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.integration.web.conftest import no_firm

from amends.firm.models import Firm, Member, Role
from amends.web.guard import PROVEN

EVERYBODY = frozenset(Role)
ACTING = EVERYBODY - {Role.FINANCE_VIEWER}
DECIDING = frozenset({Role.PARTNER, Role.ADMINISTRATOR})
CURATING = ACTING - {Role.STAFF}
SEEING_MONEY = EVERYBODY - {Role.STAFF}
ADMINISTERING = frozenset({Role.ADMINISTRATOR})
NO = None  # the method does not exist there

# Who may GET, who may POST. Which mail a role that may open a page finds there is up to `mail.queries.readable`.
TABLE: dict[str, tuple[frozenset[Role] | None, frozenset[Role] | None]] = {
    "today": (EVERYBODY, NO),
    "today-more": (EVERYBODY, NO),
    "answer": (NO, ACTING),
    "undo": (NO, ACTING),
    "drills": (ACTING, NO),
    "drill": (ACTING, ACTING),
    "drill-result": (ACTING, ACTING),
    "welcome": (EVERYBODY, NO),
    "recovery-clocks": (ADMINISTERING, ADMINISTERING),
    "playbooks": (EVERYBODY, NO),
    "playbook": (EVERYBODY, CURATING),
    "recoveries": (EVERYBODY, NO),
    "recovery": (EVERYBODY, NO),
    "recovery-new": (ACTING, ACTING),
    "recovery-open": (NO, ACTING),
    "recovery-take": (ACTING, NO),
    "recovery-own": (NO, ACTING),
    "recovery-step": (NO, ACTING),
    "recovery-mistaken": (NO, ACTING),
    "recovery-undo": (NO, ACTING),
    "recovery-wanted": (NO, ACTING),
    "recovery-issues": (NO, ACTING),
    "recovery-issue": (NO, ACTING),
    "recovery-finding": (NO, ACTING),
    "recovery-evidence": (ACTING, ACTING),
    "recovery-piece": (NO, ACTING),
    "recovery-hours": (ACTING, NO),
    "clients": (EVERYBODY, NO),
    "client-options": (EVERYBODY, NO),
    "client": (EVERYBODY, NO),
    "client-timeline": (EVERYBODY, NO),
    "portfolio": (EVERYBODY, NO),
    "portfolio-flows": (EVERYBODY, NO),
    "policy": (EVERYBODY, ADMINISTERING),
    "policy-text": (EVERYBODY, NO),
    "statement": (EVERYBODY, NO),
    "statement-file": (EVERYBODY, NO),
    "client-rename": (NO, CURATING),
    "client-standing": (NO, CURATING),
    "client-industry": (NO, CURATING),
    "client-merge": (NO, CURATING),
    "client-split": (NO, CURATING),
    "engagement-new": (CURATING, CURATING),
    "engagement": (EVERYBODY, NO),
    "engagement-edit": (CURATING, CURATING),
    "engagement-close": (CURATING, CURATING),
    "engagement-reopen": (NO, CURATING),
    "engagement-time": (EVERYBODY, NO),
    "engagement-mail": (EVERYBODY, NO),
    "engagements": (EVERYBODY, NO),
    "engagement-ask": (NO, CURATING),
    "gates": (EVERYBODY, NO),
    "gate-open": (NO, ACTING),
    "gate": (EVERYBODY, ACTING),
    "starting-lists": (EVERYBODY, NO),
    "starting-list": (EVERYBODY, CURATING),
    "clearances": (EVERYBODY, NO),
    "clearance-new": (ACTING, ACTING),
    "clearance": (EVERYBODY, ACTING),
    "brief": (ACTING, NO),
    "brief-paper": (ACTING, NO),
    "brief-file": (ACTING, NO),
    "brief-edit": (ACTING, ACTING),
    "brief-send": (ACTING, ACTING),
    "brief-anew": (NO, ACTING),
    "brief-stands": (NO, ACTING),
    "call": (ACTING, ACTING),
    "call-held": (ACTING, NO),
    "call-after": (ACTING, NO),
    "call-notes": (ACTING, ACTING),
    "call-end": (NO, ACTING),
    "call-become": (NO, ACTING),
    "call-summary": (NO, ACTING),
    "recovery-giving": (ACTING, ACTING),
    "recovery-failed": (NO, ACTING),
    "recovery-replied": (NO, ACTING),
    "recovery-learning": (ACTING, ACTING),
    "recovery-ask": (NO, ACTING),
    "recovery-close": (NO, ACTING),
    "recovery-disclose": (NO, ACTING),
    "recoveries-to-ask": (ACTING, NO),
    "remedy-do": (NO, ACTING),
    "approvals": (ACTING, NO),
    "approval": (ACTING, ACTING),
    "budget": (ACTING, NO),
    "budgets": (ADMINISTERING, NO),
    "budget-role": (NO, ADMINISTERING),
    "budget-member": (NO, ADMINISTERING),
    "hours": (CURATING, CURATING),
    "hours-sheet": (CURATING, CURATING),
    "people": (CURATING, CURATING),
    "people-sheet": (CURATING, CURATING),
    "client-share": (NO, EVERYBODY),
    "thread-share": (NO, EVERYBODY),
    "who-reads": (EVERYBODY, NO),
    "mailbox-visibility": (NO, EVERYBODY),
    "mailbox-owner": (NO, EVERYBODY),
    "reply": (NO, ACTING),
    "reply-audience": (NO, ACTING),
    "reply-letter": (NO, ACTING),
    "reply-leaving": (ACTING, NO),
    "reply-check": (NO, ACTING),
    "check": (ACTING, ACTING),
    "check-react": (NO, ACTING),
    "check-rules": (ACTING, NO),
    "check-weigh": (NO, DECIDING),
    "check-avoid": (NO, DECIDING),
    "check-avoid-remove": (NO, DECIDING),
    "check-teach": (NO, DECIDING),
    "check-forget": (NO, DECIDING),
    "client-worth": (SEEING_MONEY, NO),
    "goodwill": (EVERYBODY, NO),
    "gesture-new": (NO, ACTING),
    "gesture": (NO, ACTING),
    "result-new": (NO, ACTING),
    "claim-new": (NO, ACTING),
    "reviews": (EVERYBODY, ACTING),
    "review": (NO, ACTING),
    "referral": (NO, ACTING),
    "renewal": (NO, CURATING),
    "guarantees": (EVERYBODY, NO),
    "guarantee-new": (NO, CURATING),
    "guarantee": (NO, CURATING),
    "claim": (EVERYBODY, ACTING),
    "manners": (ADMINISTERING, ADMINISTERING),
    "letter": (ACTING, ACTING),
    "letter-check": (NO, ACTING),
    "glossary": (ACTING, ACTING),
    "glossary-term": (NO, ACTING),
    "glossary-remove": (NO, ACTING),
    "services": (ACTING, CURATING),
    "service": (NO, CURATING),
    "suppliers": (ACTING, CURATING),
    "supplier": (ACTING, CURATING),
    "scope-answer": (ACTING, ACTING),
    "scope-undo": (NO, ACTING),
    "client-scope": (ACTING, ACTING),
    "engagement-scope": (CURATING, CURATING),
    "referral-out": (ACTING, ACTING),
    "partings": (DECIDING, NO),
    "parting": (NO, DECIDING),
    "parting-item": (NO, DECIDING),
    "client-parting": (DECIDING, DECIDING),
    "outbox": (ACTING, NO),
    "draft-check": (NO, DECIDING),
    "draft-rewrite": (NO, DECIDING),
    "draft-settle": (NO, ACTING),
    "sending": (ACTING, ACTING),
    "sending-trial": (NO, ACTING),
    "sending-undo": (NO, ADMINISTERING),
    "sending-state": (ACTING, NO),
    "sending-remove": (NO, ACTING),
    "jobs": (ADMINISTERING, NO),
    "job-again": (NO, ADMINISTERING),
    "job-drop": (NO, ADMINISTERING),
    "tokens": (EVERYBODY, EVERYBODY),
    "token-revoke": (NO, EVERYBODY),
    "webhooks": (ADMINISTERING, ADMINISTERING),
    "webhook": (ADMINISTERING, ADMINISTERING),
    "webhook-act": (NO, ADMINISTERING),
    "webhook-redeliver": (NO, ADMINISTERING),
    "webhook-deliveries": (ADMINISTERING, NO),
    "mailboxes": (ACTING, NO),
    "mailbox-add": (ACTING, ACTING),
    "mailbox": (ACTING, ACTING),
    "mailbox-permission": (EVERYBODY, NO),
    "mailbox-state": (ACTING, NO),
    "mailbox-mend": (ACTING, ACTING),
    "mailbox-act": (NO, ACTING),
    "mailbox-aside": (ACTING, NO),
    "thread": (EVERYBODY, NO),
    "correct": (NO, ACTING),
    "correct-undo": (NO, ACTING),
    "message-html": (EVERYBODY, NO),
    "message-original": (EVERYBODY, NO),
    "attachment": (EVERYBODY, NO),
    "promises": (EVERYBODY, NO),
    "promise-add": (NO, ACTING),
    "promise": (NO, ACTING),
    "promise-undo": (NO, ACTING),
    "search": (EVERYBODY, NO),
    "palette": (EVERYBODY, NO),
    "import": (EVERYBODY, ACTING),
    "run": (EVERYBODY, NO),
    "reading": (EVERYBODY, NO),
    "model": (EVERYBODY, NO),
    "set-aside": (EVERYBODY, NO),
    "set-apart": (EVERYBODY, NO),
    "settings": (ADMINISTERING, ADMINISTERING),
    "set-up": (ADMINISTERING, ADMINISTERING),
    "set-up-place": (ADMINISTERING, NO),
    "set-up-whose": (ADMINISTERING, NO),
    "set-up-filling": (ADMINISTERING, NO),
    "corrections": (NO, ADMINISTERING),
    "members": (ADMINISTERING, ADMINISTERING),
    "members-policy": (NO, ADMINISTERING),
    "member-role": (NO, ADMINISTERING),
    "member-authority": (NO, ADMINISTERING),
    "member-deactivate": (NO, ADMINISTERING),
    "member-reactivate": (NO, ADMINISTERING),
    "member-reset": (NO, ADMINISTERING),
    "member-two-factor-off": (NO, ADMINISTERING),
    "invitation-again": (NO, ADMINISTERING),
    "invitation-withdraw": (NO, ADMINISTERING),
    "audit": (ADMINISTERING, NO),
    "audit-csv": (ADMINISTERING, NO),
    "you": (EVERYBODY, EVERYBODY),
    "you-confirm": (EVERYBODY, EVERYBODY),
    "confirm-passkey-begin": (NO, EVERYBODY),
    "confirm-passkey": (NO, EVERYBODY),
    "you-password": (NO, EVERYBODY),
    "you-morning": (NO, EVERYBODY),
    "you-sessions": (NO, EVERYBODY),
    "two-factor": (EVERYBODY, NO),
    "app-add": (NO, EVERYBODY),
    "app-remove": (NO, EVERYBODY),
    "recovery-codes": (NO, EVERYBODY),
    "passkey-begin": (NO, EVERYBODY),
    "passkey-add": (NO, EVERYBODY),
    "passkey-remove": (NO, EVERYBODY),
    "sign-in": (EVERYBODY, EVERYBODY),
    "sign-in-second": (EVERYBODY, EVERYBODY),
    "sign-in-passkey-begin": (NO, EVERYBODY),
    "sign-in-passkey": (NO, EVERYBODY),
    "forgotten": (EVERYBODY, EVERYBODY),
    "single-sign-on": (EVERYBODY, NO),
    "single-sign-on-back": (EVERYBODY, NO),
    "sign-out": (NO, EVERYBODY),
    "enter": (EVERYBODY, EVERYBODY),
    "healthz": (EVERYBODY, NO),
}
BY_THEMSELVES = {"confirm-passkey", "sign-in-passkey"}  # without a device's answer these refuse with 403 and say why


def _patterns(resolver: URLResolver) -> list[URLPattern]:
    found: list[URLPattern] = []
    for entry in resolver.url_patterns:
        found += _patterns(entry) if isinstance(entry, URLResolver) else [entry]
    return found


# The API asks for a token, not for a session: tests/integration/api goes through its operations by scope and role.
PATTERNS = {
    str(pattern.name): pattern for pattern in _patterns(get_resolver()) if not str(pattern.name).startswith("api-")
}


def test_every_address_stands_in_the_table() -> None:
    assert set(PATTERNS) == set(TABLE)


@pytest.mark.parametrize("role", Role, ids=str)
def test_each_role_reaches_what_it_may_and_nothing_else(client: Browser, firm: Firm, now: datetime, role: Role) -> None:
    who = Member.objects.create_member(email="sam@studio.example", name="Sam", role=role, now=now)
    wrong = []
    for name, allowed in TABLE.items():
        for method, roles in zip(("get", "post"), allowed, strict=True):
            status = _status(client, who, name, method)
            if roles is NO:
                expected = status == 405 or (status == 403 and not any(role in some for some in allowed if some))
            elif role in roles:
                expected = status not in {401, 405} and (status != 403 or name in BY_THEMSELVES) and status < 500
            else:
                expected = status == 403
            if not expected:
                wrong.append(f"{method} {name}: {status}")
    assert wrong == []


def test_a_refusal_says_whom_to_ask(client: Browser, firm: Firm, now: datetime) -> None:
    who = Member.objects.create_member(email="sam@studio.example", name="Sam", role=Role.FINANCE_VIEWER, now=now)
    client.force_login(who, backend="amends.firm.sign_in.MemberBackend")
    refused = client.post("/answer/", {"answer": "own"})
    assert refused.status_code == 403
    assert "Your role looks on" in refused.content.decode()
    assert "Only an administrator" in client.get("/settings/members/").content.decode()


def test_what_a_role_may_not_do_is_not_offered(client: Browser, firm: Firm, now: datetime, complaints: Any) -> None:
    complaints(1)
    who = Member.objects.create_member(email="sam@studio.example", name="Sam", role=Role.FINANCE_VIEWER, now=now)
    client.force_login(who, backend="amends.firm.sign_in.MemberBackend")
    today = client.get("/").content.decode()
    assert "row-name" in today
    assert 'data-key="o"' not in today
    assert "/settings/you/" in today
    assert 'href="/settings/"' not in today
    assert "upload" not in client.get("/import/").content.decode()


def _status(client: Browser, who: Member, name: str, method: str) -> int:
    """The answer's status; whatever was done is undone."""
    values: dict[str, object] = {
        part: {"index": 0, "token": "no-such-token", "role": "staff", "number": 1}.get(part, uuid.uuid4())
        for part in PATTERNS[name].pattern.converters
    }
    with transaction.atomic():
        client.force_login(who, backend="amends.firm.sign_in.MemberBackend")
        session = client.session
        session[PROVEN] = datetime.now(UTC).isoformat()
        session.save()
        with no_firm():
            answer = getattr(client, method)(reverse(name, kwargs=values))
        if getattr(answer, "streaming", False):
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return int(answer.status_code)
