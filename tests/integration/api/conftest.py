"""A firm with mail, work and time, and programs that come with tokens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from tests.integration.web.conftest import no_firm
from tests.letters import judged, letter

from amends.api import door
from amends.clients.actions.curate import add_engagement
from amends.clients.models import Client, Engagement, TimeEntry
from amends.firm.models import Firm, Member
from amends.firm.rules import Scope, scopes_for
from amends.firm.tokens import make_token
from amends.flows.set_up import begin_run
from amends.goodwill.models import Guarantee
from amends.judgement.model import use

COMPLAINT = "I am furious that the third invoice has an error again."


class Program:
    """Another program that speaks to the API with a token, or with none."""

    def __init__(self, secret: str = "") -> None:
        self.secret, self._web = secret, Browser(raise_request_exception=False)

    def ask(self, method: str, address: str, body: object = None, **headers: str) -> Any:
        """One request; headers with _ for -."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.secret:
            sent.setdefault("Authorization", f"Bearer {self.secret}")
        data = "" if body is None else body if isinstance(body, str) else json.dumps(body)
        with no_firm():
            return self._web.generic(method, f"/api/v1{address}", data, "application/json", headers=sent)

    def get(self, address: str, **query: object) -> Any:
        """The JSON of a GET that must succeed."""
        sent = {"Authorization": f"Bearer {self.secret}"}
        with no_firm():
            answer = self._web.get(f"/api/v1{address}", query_params=query, headers=sent)
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture(autouse=True)
def _rules_alone() -> Iterator[None]:
    """What is noticed here must not change with the model; nobody has asked too often."""
    door.asking.forget()
    door.failing.forget()
    with use(None):
        yield


@pytest.fixture
def fresh() -> datetime:
    """The API looks from the real clock; mail of these tests is a few days old by it."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def secret(member: Member, fresh: datetime) -> str:
    """A token of Ada's that may do everything."""
    return make_token(member, name="all", scopes=scopes_for(member.role), now=fresh)[1]


@pytest.fixture
def program(secret: str) -> Program:
    """A program with that token."""
    return Program(secret)


@pytest.fixture
def with_scopes(member: Member, fresh: datetime) -> Callable[..., Program]:
    """Makes programs with tokens of these scopes only."""

    def made(*scopes: Scope, of: Member | None = None) -> Program:
        return Program(make_token(of or member, name="some", scopes=scopes, now=fresh)[1])

    return made


@pytest.fixture
def letters(firm: Firm, fresh: datetime) -> Callable[..., None]:
    """Brings in a question and a complaint from each of so many clients."""

    def bring(count: int, *, first: int = 0) -> None:
        made = []
        for number in range(first, first + count):
            house, at = f"house{number:03}.example", fresh - timedelta(days=3, minutes=number)
            who = f"Petra House <petra@{house}>"
            made.append(letter("Dear Ada,\n\nplease send the plan.\n\nPetra\n", at=at - timedelta(days=5), sender=who,
                               subject=f"Plan {number}", message_id=f"plan{number}@{house}"))  # fmt: skip
            made.append(letter(f"Dear Ada,\n\n{COMPLAINT} Please look.\n\nPetra\n\n> here it is.\n", at=at, sender=who,
                               subject=f"Invoice {number}", message_id=f"invoice{number}@{house}"))  # fmt: skip
        judged(*made, now=fresh)

    return bring


@pytest.fixture
def work(letters: Callable[..., None], member: Member, fresh: datetime) -> Engagement:
    """Mail of three clients; the first has an engagement with time on it, and there was an import."""
    letters(3)
    begin_run([], now=fresh, member=member)
    client = Client.objects.earliest("pk")
    made = add_engagement(client, name="Site care", now=fresh, starts_on=date(2026, 1, 1), yearly_value=Decimal(48000))
    enter_time(made, member, fresh, 3)
    made.refresh_from_db()
    return made


def enter_time(work: Engagement, member: Member, now: datetime, count: int, *, first: int = 0) -> None:
    """So many hours on an engagement, one a day."""
    for number in range(first, first + count):
        TimeEntry.objects.create(
            engagement=work, person="Ada Moss", member=member, day=date(2026, 2, 1) + timedelta(days=number),
            seconds=3600, source="toggl", description=f"Work {number}", fingerprint=f"{number:064}", created_at=now,
            billable=number % 2 == 0, tags=["web"],
        )  # fmt: skip


def put_right(program: Program, staff: Program, *, client: str, day: str) -> dict[str, str]:
    """A recovery made through the API, with one of everything that belongs to it; their ids.

    `staff` asks for more than they may give alone, so that `program` has a request to answer.
    """

    def made(who: Program, address: str, body: object = None) -> Any:
        answer = who.ask("POST", address, body or {})
        assert answer.status_code == 201, answer.content
        return answer.json()

    recovery = made(program, "/recoveries", {"client": client})["id"]
    there = f"/recoveries/{recovery}"
    made(program, f"{there}/points", {"quote": "It is late"})
    issue = made(program, f"{there}/points", {"quote": "It is wrong"})["points"][-1]["id"]
    rests = made(program, f"{there}/points/{issue}/evidence", {"kind": "document", "label": "x"})["points"][-1]
    offered = made(program, f"{there}/remedies", {"kind": "fix", "what": "x"})["id"]
    more = {"kind": "refund", "what": "x", "cost": "400", "due": day, "agree": True}
    call = made(program, f"{there}/calls")["id"]
    note = made(program, f"{there}/calls/{call}/notes", {"text": "And the logo", "kind": "point"})["notes"][0]["id"]
    now = datetime.now(UTC)
    terms = Guarantee.objects.create(
        name="Money back", words="x", kind="refund", currency="EUR", at=now, changed_at=now
    )  # fmt: skip
    claim = {"guarantee": str(terms.public_id), "words": "x"}
    return {
        "guarantee_id": str(terms.public_id),
        "gesture_id": made(program, f"/clients/{client}/gestures", {"what": "x"})["id"],
        "review_id": made(program, "/reviews", {"client": client, "place": "x", "words": "x"})["id"],
        "claim_id": made(program, f"/clients/{client}/claims", claim)["id"],
        "recovery_id": recovery, "issue_id": issue, "evidence_id": rests["evidence"][0]["id"], "remedy_id": offered,
        "approval_id": made(staff, f"{there}/remedies", more)["approval"]["id"], "call_id": call, "note_id": note,
    }  # fmt: skip


def practised(program: Program) -> str:
    """Plays a drill to its end; the id of how it went."""
    stands: dict[str, Any] = {"run": "", "line": {"answers": [""]}}
    while stands["line"] is not None:
        said = {"run": stands["run"], "answer": stands["line"]["answers"][0]}
        stands = program.ask("POST", "/drills/the-remark/play", said).json()
    return str(stands["result"]["id"])
