"""What cannot be is told in one clear sentence on the page, on the command line and by the API; and nothing changes."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.test import Client as Browser
from django.urls import reverse
from tests.integration.api.conftest import Program, put_right
from tests.integration.web.conftest import no_firm
from tests.letters import bring, letter

from amends.cli.main import main
from amends.clients.models import Engagement
from amends.firm.models import AuditEntry, BudgetEntry, Member, Role
from amends.firm.rules import scopes_for
from amends.firm.tokens import make_token
from amends.judgement.model import use
from amends.mail.models import Message
from amends.recovery.models import Approval, Finding, Issue, Recovery, RecoveryStep, Remedy
from amends.signals.models import Promise

ROWS: tuple[Any, ...] = (
    Recovery, RecoveryStep, Issue, Finding, Remedy, Approval, Promise, BudgetEntry, AuditEntry,
)  # fmt: skip


Way = tuple[str, dict[str, object]]
Tried = tuple[Way, Way, tuple[str, ...]]
"""On the page, through the API, on the command line."""


@dataclass(frozen=True)
class Bad:
    """One thing that cannot be: what is said, and how it is tried. Who tries is `who` (else Ada, who administers)."""

    said: str
    page: Way  # address, form
    api: Way
    cli: tuple[str, ...]
    who: str = ""
    on_page: str = ""  # where a page says it in other words
    by_cli: str = ""
    status: int = 422


@dataclass(frozen=True)
class House:
    """What there is."""

    ids: dict[str, str]
    empty: str
    promise: str
    client: str


@pytest.fixture
def ben(member: Member, fresh: datetime) -> Member:
    """Staff: 100 of credit alone."""
    return Member.objects.create_member(email="ben@studio.example", name="Ben", role=Role.STAFF, now=fresh)


@pytest.fixture
def programs(program: Program, ben: Member, fresh: datetime) -> dict[str, Program]:
    return {"": program, "ben": Program(make_token(ben, name="x", scopes=scopes_for(ben.role), now=fresh)[1])}


@pytest.fixture
def house(programs: dict[str, Program], work: Engagement, fresh: datetime) -> House:
    """A recovery with a request of Ben's, a promise, and a letter of the client's without a word."""
    bring(letter("\n", at=fresh, sender="Petra House <petra@house000.example>", subject="(none)", message_id="e@x"),
          now=fresh)  # fmt: skip
    client, day = str(work.client.public_id), (fresh + timedelta(days=9)).date().isoformat()
    promise = programs[""].ask("POST", "/promises", {"client": client, "text": "Send it", "due": day}).json()["id"]
    thread = Message.objects.get(message_id="e@x").thread
    return House(
        put_right(programs[""], programs["ben"], client=client, day=day), str(thread.public_id), promise, client
    )


def _cases(house: House) -> list[Bad]:
    key, issue, request = (house.ids[name] for name in ("recovery_id", "issue_id", "approval_id"))
    there = f"/recoveries/{key}"
    giving, finding = reverse("recovery-giving", args=[key]), reverse("recovery-finding", args=[key, issue])
    promises, nowhere = reverse("promise-add"), str(uuid4())

    def gives(**given: object) -> Tried:
        typed = {"cost": "40", "due": "2026-03-20", **given}
        body = {"kind": "credit", "what": "x", **typed}
        words = [word for name, value in typed.items() for word in (f"--{name}", str(value))]
        return (
            (giving, {**body, "do": "offer"}),
            (f"{there}/remedies", body),
            ("remedy", "offer", key, "credit", "x", *words),
        )

    def promised(due: str) -> Tried:
        body: dict[str, object] = {"client": house.client, "text": "Call", "due": due}
        return (promises, body), ("/promises", body), ("promise", "add", house.client, "Call", "--due", due)

    def answered(day: str) -> Tried:
        body: dict[str, object] = {"we_do": "x", "by_when": day}
        words = ("recovery", "answer", key, issue, "--we-do", "x", "--by-when", day)
        return (finding, {**body, "version": "0"}), (f"{there}/points/{issue}/finding", body), words

    decide = reverse("approval", args=[request])
    return [
        Bad("The client wrote nothing in this conversation",
            (reverse("recovery-new"), {"client": house.client, "thread": house.empty}),
            ("/recoveries", {"threads": [house.empty]}), ("recovery", "open", "--thread", house.empty)),
        Bad("An issue needs their words", (reverse("recovery-issues", args=[key]), {"do": "add", "quote": " "}),
            (f"{there}/points", {"quote": " "}), ("recovery", "issue", "add", key, "--quote", " ")),
        Bad("1 January 2020 is over", *answered("2020-01-01"), on_page="That day is over"),
        Bad("can be 4 May 2027 or 5 April 2027", *answered("04/05/2027"), on_page="write it as 2026-03-19"),
        Bad("lies in the past", *promised("1 January 2020")),
        Bad("may be", *promised("04/05/2027")),
        Bad("1 January 2020 is over", *gives(due="2020-01-01")),
        Bad("can be 4 May 2027 or 5 April 2027", *gives(due="04/05/2027")),
        Bad("An amount cannot be negative", *gives(cost="-5")),
        Bad("look at the zeros", *gives(cost="99999999999")),
        Bad("'1.500' can be", *gives(cost="1.500")),
        Bad("is no amount", *gives(cost="a lot")),
        Bad("Partners and administrators approve this", (decide, {"do": "approve"}),
            (f"/approvals/{request}", {"approve": True}), ("remedy", "approve", request), who="ben", status=403),
        Bad("There is nothing here",
            (reverse("approval", args=[nowhere]), {"do": "approve"}), (f"/approvals/{nowhere}", {"approve": True}),
            ("remedy", "approve", nowhere), status=404, on_page="Not here", by_cli="There is no request"),
    ]  # fmt: skip


def _rows() -> list[Any]:
    return [list(model._default_manager.order_by("pk").values()) for model in ROWS]


def test_one_clear_sentence_and_nothing_changed(
    house: House, programs: dict[str, Program], client: Browser, member: Member, ben: Member
) -> None:
    people: dict[str, Member] = {"": member, "ben": ben}
    before = _rows()
    for bad in _cases(house):
        _through_the_page(bad, client, people[bad.who])
        answer = programs[bad.who].ask("POST", *bad.api)
        assert (answer.status_code, bad.said in answer.json()["detail"]) == (bad.status, True), answer.content
        assert answer.json()["detail"].count("\n") == 0
        with no_firm(), use(None):
            done = CliRunner().invoke(main, [*bad.cli, *_as(bad, people)], catch_exceptions=False)
        assert (done.exit_code, done.stdout) == (2, ""), done.stdout
        assert (bad.by_cli or bad.said) in done.stderr
        assert done.stderr.count("\n") == 1
        assert _rows() == before, bad.said


def _as(bad: Bad, people: dict[str, Member]) -> list[str]:
    return ["--as", people[bad.who].email] if bad.cli[0] == "remedy" else []


def _through_the_page(bad: Bad, client: Browser, member: Member) -> None:
    client.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    address, form = bad.page
    with no_firm():
        answer = client.post(address, form, follow=True)
    said = html.unescape(answer.content.decode())
    assert (bad.on_page or bad.said) in said, (address, answer.status_code, said[-3000:])


def test_looking_at_a_link_changes_nothing(house: House, client: Browser, member: Member, ben: Member) -> None:
    """A link to a request, as a mail holds it, opened, also with an answer forged into it; and one that is made up."""
    del ben
    address, before = reverse("approval", args=[house.ids["approval_id"]]), _rows()
    client.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    with no_firm():
        assert client.get(address, {"do": "approve"}).status_code == 200
        assert client.get(reverse("approval", args=[uuid4()])).status_code == 404
        assert Browser(enforce_csrf_checks=True).post(address, {"do": "approve"}).status_code in {302, 403}
    assert _rows() == before
