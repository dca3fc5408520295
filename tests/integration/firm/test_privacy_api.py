"""Programs see what their member may see: every operation that reads, with readers who may not read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from django.test import Client as Browser
from tests.integration.firm.conftest import CLOSED, SECRET, TOPIC, closed_messages, tells
from tests.integration.web.conftest import no_firm
from tests.letters import bring, letter

from amends.api import door
from amends.api.v1.app import api
from amends.boundaries.models import Gate, Parting, Publication, Supplier
from amends.clients.models import Client
from amends.firm.models import Member, Role
from amends.firm.rules import scopes_for
from amends.firm.tokens import make_token
from amends.mail.models import ImportRun, Mailbox, Message, Thread, Visibility
from amends.recovery.models import Approval, Call, DrillResult, Issue, Recovery
from amends.signals.models import Promise, Signal

pytestmark = pytest.mark.usefixtures("put_right")

READS = [path for path, methods in api.get_openapi_schema()["paths"].items() if "get" in methods]
READERS = [
    (Role.STAFF, Visibility.METADATA), (Role.ADMINISTRATOR, Visibility.SUBJECT), (Role.FINANCE_VIEWER, Visibility.ALL),
]  # fmt: skip
QUERIES = {
    "/api/v1/search": [f"q={word}" for word in (SECRET, TOPIC, "furious", "invoice", "plan")],
    "/api/v1/clients": ["", "q=hidden-xq", "limit=1"],
    "/api/v1/messages": ["", "limit=1"],
}


def _addresses() -> Iterator[str]:
    ids: dict[str, list[Any]] = {
        "client_id": list(Client.objects.values_list("public_id", flat=True)),
        "thread_id": list(Thread.objects.values_list("public_id", flat=True)),
        "message_id": list(Message.objects.values_list("public_id", flat=True)),
        "signal_id": list(Signal.objects.values_list("public_id", flat=True)),
        "number": [1],
        "run_id": list(ImportRun.objects.values_list("public_id", flat=True)),
        "engagement_id": [],
        "promise_id": list(Promise.objects.values_list("public_id", flat=True)),
        "recovery_id": list(Recovery.objects.values_list("public_id", flat=True)),
        "issue_id": list(Issue.objects.values_list("public_id", flat=True)),
        "call_id": list(Call.objects.values_list("public_id", flat=True)),
        "supplier_id": list(Supplier.objects.values_list("public_id", flat=True)),
        "parting_id": list(Parting.objects.values_list("public_id", flat=True)),
        "result_id": list(DrillResult.objects.values_list("public_id", flat=True)),
        "approval_id": list(Approval.objects.values_list("public_id", flat=True)),
        "gate_id": list(Gate.objects.values_list("public_id", flat=True)),
        "publication_id": list(Publication.objects.values_list("public_id", flat=True)),
    }
    for path in READS:
        names = [name for name in ids if f"{{{name}}}" in path]
        assert path.count("{") == len(names), f"{path}: say in this test what its ids may be"
        for values in product(*(ids[name] for name in names)):
            address = path.format(**dict(zip(names, values, strict=True)))
            for query in QUERIES.get(path, [""]):
                yield f"{address}?{query}"


def _program(member: Member) -> Browser:
    door.asking.forget()
    _, secret = make_token(member, name="x", scopes=scopes_for(member.role), now=datetime.now(UTC))
    return Browser(headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.parametrize(("role", "visibility"), READERS)
def test_no_operation_shows_what_is_closed(
    closed_mail: None, others: dict[str, Member], role: str, visibility: str, settings: Any
) -> None:
    settings.API_PER_MINUTE = 100_000
    Mailbox.objects.filter(address=CLOSED).update(visibility=visibility)
    program, told, opened = _program(others[role]), set(), 0
    for address in list(_addresses()):
        with no_firm():
            response = program.get(address)
        assert response.status_code < 500, address
        opened += response.status_code == 200
        said = response.content.decode("utf-8", "replace")
        told |= {(address, word) for word in tells(said) if f'"q={word}' not in said}
    assert told == set()
    assert opened > 5


def test_its_owner_sees_all_of_it(closed_mail: None, ada: Member, settings: Any) -> None:
    """Else the test above would prove nothing."""
    settings.API_PER_MINUTE = 100_000
    program, told = _program(ada), set()
    for address in list(_addresses()):
        with no_firm():
            said = program.get(address).content.decode("utf-8", "replace")
        told |= {(address.split("/")[3].partition("?")[0], word) for word in tells(said)}
    assert {where for where, _ in told} >= {
        "clients",
        "threads",
        "messages",
        "search",
        "today",
        "imports",
        "recoveries",
    }


def test_a_conversation_is_told_as_far_as_it_is_read(
    closed_mail: None, others: dict[str, Member], fresh: datetime
) -> None:
    """Subject, times and count of what is read; the closed answer in it leaves no trace."""
    program = _program(others[Role.STAFF])
    shared = Message.objects.select_related("thread", "client").get(message_id="plan1@hartwell.example")
    closed = Message.objects.get(message_id=f"{SECRET}1@hidden.example")
    assert closed.thread_id == shared.thread_id
    with no_firm():
        whole = program.get(f"/api/v1/threads/{shared.thread.public_id}").json()
        listed = program.get(f"/api/v1/clients/{shared.client.public_id}/threads").json()["items"]  # type: ignore[union-attr]
    seen = [turn["sent_at"] for turn in whole["turns"]]
    assert (whole["subject"], whole["messages"], whole["first_at"], whole["last_at"]) == (
        "Plan 1",
        2,
        seen[0],
        seen[-1],
    )
    one = next(thread for thread in listed if thread["id"] == whole["id"])
    assert one == {name: whole[name] for name in one}
    shut = {str(one.public_id) for one in Message.objects.filter(pk__in=closed_messages())}
    assert not shut & {turn["id"] for turn in whole["turns"]}


def test_a_blind_copy_is_told_to_who_reads_the_copy_that_names_it(
    closed_mail: None, ada: Member, others: dict[str, Member], fresh: datetime
) -> None:
    common: dict[str, Any] = {
        "at": fresh, "sender": "Ada Moss <ada@studio.example>", "to": "petra@hartwell.example",
        "message_id": "b@studio.example",
    }  # fmt: skip
    bring(letter("Dear Petra,\n\nhere.\n", **common, headers={"Bcc": "quiet@example.org"}), now=fresh, address=CLOSED)
    bring(letter("Dear Petra,\n\nhere.\n", **common), now=fresh, address="team@studio.example")
    message = Message.objects.get(message_id="b@studio.example")
    for member, knows in ((ada, True), (others[Role.STAFF], False)):
        program = _program(member)
        with no_firm():
            said = program.get(f"/api/v1/messages/{message.public_id}").json()
        assert ("quiet@example.org" in {one["email"] for one in said["people"]}) is knows


def _checked(program: Browser, **body: object) -> Any:
    with no_firm():
        return program.post("/api/v1/check", body, "application/json")


@pytest.mark.parametrize(("role", "visibility"), READERS[:2])
def test_a_check_tells_nothing_of_what_is_closed(
    closed_mail: None, others: dict[str, Member], ada: Member, role: str, visibility: str, settings: Any
) -> None:
    """Whatever message is named as answered, by its id or in a header; whatever address it goes to."""
    settings.API_PER_MINUTE = 100_000
    Mailbox.objects.filter(address=CLOSED).update(visibility=visibility)
    theirs, hers = _program(others[role]), _program(ada)
    shut = set(Message.objects.filter(pk__in=closed_messages()).values_list("public_id", flat=True))
    text = "Dear Petra,\n\nthe mistake is ours, sorry. You have the corrected brochure on Friday.\n"
    told: list[str] = []
    for message in list(Message.objects.all()):
        mail = letter(text, at=datetime.now(UTC), sender="Sam <sam@studio.example>", to="x@hiden-xq.example",
                      message_id="new@studio.example", references=[message.message_id])  # fmt: skip
        answers = [
            _checked(theirs, text=text, answering=str(message.public_id)), _checked(theirs, eml=mail.decode()),
            _checked(theirs, text=text, to=[{"email": f"x@{message.sender_email.rpartition('@')[2]}"}]),
        ]  # fmt: skip
        assert answers[0].status_code == (404 if message.public_id in shut else 200)
        assert _checked(hers, text=text, answering=str(message.public_id)).status_code == 200
        told += [answer.content.decode() for answer in answers if tells(answer.content.decode())]
        assert all(answer.status_code in {200, 404} for answer in answers)
    assert told == []
    assert tells(
        _checked(hers, text=text, to=[{"email": "x@hiden-xq.example"}]).content.decode()
    )  # else it proves nothing
