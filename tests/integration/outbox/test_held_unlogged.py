"""What is written, checked, held and sent stands in no log, however much is logged."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from tests.integration.web.conftest import no_firm
from tests.letters import letter
from tests.smtp import Sink

from amends.api import door
from amends.firm.models import Firm, Member
from amends.firm.rules import scopes_for
from amends.firm.tokens import make_token
from amends.flows import guard, send
from amends.mail.models import Message, Thread
from amends.mail.queries import Reader
from amends.outbox.compose import Person
from amends.outbox.models import Draft, State
from amends.outbox.recipients import Audience
from amends.outbox.rules import Offer

WORD = "Xanthippe"
TEXT = f"Dear Petra,\n\nYou should have told {WORD} about the date. The brochure is with you on Friday.\n"
FINE = f"Dear Petra,\n\nthe mistake is ours, and I am sorry. {WORD} sends the brochure on Friday.\n"
THEIRS = ("mail.", "asyncio")  # loggers of the mail server that tests send to


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """All that any logger says with AMENDS_LOG_LEVEL=DEBUG: but for those that the settings keep quiet at any level."""
    told: Any = settings.LOGGING
    quiet = tuple(f"{name}." for name in told["loggers"])
    names = [name for name in logging.root.manager.loggerDict if not f"{name}.".startswith(quiet)]
    loggers = [logging.getLogger(), *map(logging.getLogger, names)]
    before = [(each, each.level, each.propagate, each.disabled) for each in loggers]
    for each in loggers:
        each.setLevel(logging.DEBUG)
        each.propagate, each.disabled = True, False
    caplog.set_level(logging.DEBUG)

    def said() -> str:
        lines = [record for record in caplog.records if not record.name.startswith(THEIRS)]
        return "\n".join(caplog.handler.format(record) + repr(record.args) for record in lines)

    logging.getLogger("amends.any").debug("a line that is seen")
    assert "a line that is seen" in said()
    yield said
    for each, level, propagate, disabled in before:
        each.setLevel(level)
        each.propagate, each.disabled = propagate, disabled


@pytest.fixture
def browser(client: Browser, member: Member) -> Browser:
    client.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    return client


def asked() -> Message:
    return Message.objects.get(message_id="ask@hartwell.example")


def test_of_what_the_api_checks(firm: Firm, thread: Thread, member: Member, logged: Callable[[], str]) -> None:
    door.asking.forget()
    _, secret = make_token(member, name="x", scopes=scopes_for(member.role), now=datetime.now(UTC))
    program = Browser(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)
    eml = letter(TEXT, at=datetime.now(UTC), sender="Ada <ada@studio.example>", to="Petra <petra@hartwell.example>",
                 references=["ask@hartwell.example"]).decode()  # fmt: skip
    bodies: list[dict[str, Any]] = [
        {"eml": eml}, {"text": TEXT, "subject": WORD, "answering": str(asked().public_id)},
        {"text": TEXT, "only": [WORD]}, {"text": TEXT, "eml": eml}, {"text": [TEXT]},
        {"text": TEXT, "answering": str(uuid.uuid4())}, {"text": TEXT * 40_000},
    ]  # fmt: skip
    with no_firm():
        got = [program.post("/api/v1/check", json.dumps(body), "application/json").status_code for body in bodies]
        broken = program.post("/api/v1/check", f'{{"text": "{WORD}', "application/json").status_code
    assert (got, broken) == ([200, 200, 422, 422, 422, 404, 413], 400)
    assert WORD not in logged()


def test_nor_where_it_fails(
    firm: Firm, member: Member, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("this broke")

    monkeypatch.setattr("amends.flows.guard.checking.check", broken)
    _, secret = make_token(member, name="x", scopes=scopes_for(member.role), now=datetime.now(UTC))
    program = Browser(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)
    with no_firm():
        answer = program.post("/api/v1/check", json.dumps({"text": TEXT}), "application/json")
    assert answer.status_code == 500
    assert "this broke" in logged()  # what to mend is told
    assert WORD not in logged()


def test_of_what_is_held_on_a_page_and_let_go(
    firm: Firm, account: object, thread: Thread, member: Member, browser: Browser, logged: Callable[[], str],
    send: Callable[[datetime], bool], server: Sink,
) -> None:  # fmt: skip
    guard.choose("blame-should-have", "stop", by=member, now=datetime.now(UTC))
    form = {
        "key": str(uuid.uuid4()), "answering": str(asked().public_id), "text": TEXT, "to": "petra@hartwell.example",
        "cc": "", "bcc": "", "quotes": "on",
    }  # fmt: skip
    for _ in range(2):  # it asks first
        page = browser.post(f"/threads/{thread.public_id}/reply/", form)
        assert page.status_code < 500, page.content
    browser.get(f"/threads/{thread.public_id}/")
    browser.get("/outbox/")
    draft = _held(thread, member)
    for address in ("/outbox/", f"/threads/{thread.public_id}/"):
        assert browser.get(address).status_code == 200
    _release(draft, member)
    assert _sends(send, server)
    assert WORD not in logged()


def test_of_what_a_server_refuses(
    firm: Firm, account: object, thread: Thread, member: Member, logged: Callable[[], str],
    send: Callable[[datetime], bool], server: Sink,
) -> None:  # fmt: skip
    server.answers["DOT"] = f"554 {WORD} is no word for us"
    draft = _held(thread, member)
    _release(draft, member)
    send(datetime.now(UTC) + timedelta(minutes=5))
    draft.refresh_from_db()
    assert draft.state == State.FAILED
    assert WORD not in logged()


def _held(thread: Thread, member: Member) -> Draft:
    guard.choose("blame-should-have", "stop", by=member, now=datetime.now(UTC))
    petra = Audience((Person("Petra Hartwell", "petra@hartwell.example"),))
    given, now = send.Answer(uuid.uuid4(), asked().public_id, petra, TEXT), datetime.now(UTC)
    with pytest.raises(send.LookAgain) as raised:
        send.reply(Reader(member), thread.public_id, given, by=member, now=now)
    seen = frozenset(each.mark for each in raised.value.findings)
    draft = send.reply(Reader(member), thread.public_id, replace(given, seen=seen), by=member, now=now)
    assert draft.state == State.HELD
    return draft


def _release(draft: Draft, member: Member) -> None:
    seen, now = send.step_of(draft), datetime.now(UTC)
    send.settle(draft.public_id, Offer.RELEASE, seen=seen, why=f"{WORD} said so.", by=member, now=now)


def _sends(once: Callable[[datetime], bool], server: Sink) -> bool:
    once(datetime.now(UTC) + timedelta(minutes=5))
    return WORD.encode() in b"".join(each.content for each in server.taken if isinstance(each.content, bytes))
