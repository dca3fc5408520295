"""What programs read: every list and every one, as its member may see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from tests.integration.api.conftest import COMPLAINT, Program, enter_time

from amends.clients.models import Client, Engagement
from amends.firm.models import Firm, Member, Role
from amends.firm.rules import Scope
from amends.mail.models import ImportRun, Message, Thread
from amends.mail.queries import SYSTEM, raw_bytes
from amends.signals.models import Signal


def test_the_token_says_whose_it_is(program: Program, member: Member, firm: Firm) -> None:
    said = program.get("/me")
    assert (said["email"], said["role"], said["token"]) == ("ada@studio.example", "administrator", "all")
    assert said["scopes"] == [str(scope) for scope in Scope]
    assert said["firm"] == {"id": str(firm.public_id), "name": "Studio", "timezone": "UTC", "currency": "EUR"}


def test_clients_and_their_people(program: Program, work: Engagement) -> None:
    found = program.get("/clients")
    assert found["next"] is None
    assert [one["domains"] for one in found["items"]] == [
        ["house000.example"],
        ["house001.example"],
        ["house002.example"],
    ]
    one = program.get(f"/clients/{work.client.public_id}")
    assert one == found["items"][0]
    assert (one["standing"], one["merged_into"]) == (work.client.standing, None)
    assert one["last_at"].endswith("Z")
    people = program.get(f"/clients/{work.client.public_id}/contacts")["items"]
    assert [(who["name"], who["emails"]) for who in people] == [("Petra House", ["petra@house000.example"])]
    assert program.get("/clients", q="house001")["items"] == [found["items"][1]]
    assert program.get("/clients", standing="vendor")["items"] == []


def test_conversations_and_messages(program: Program, work: Engagement) -> None:
    threads = program.get(f"/clients/{work.client.public_id}/threads")["items"]
    assert [(one["subject"], one["messages"]) for one in threads] == [("Invoice 0", 1), ("Plan 0", 1)]
    thread = program.get(f"/threads/{threads[0]['id']}")
    [turn] = thread["turns"]
    assert COMPLAINT in turn["new_text"]
    assert "here it is" not in turn["new_text"]
    assert {"role": "from", "name": "Petra House", "email": "petra@house000.example"} in turn["people"]
    whole = program.get(f"/messages/{turn['id']}")
    assert whole == turn
    words = program.get(f"/messages/{turn['id']}/text")
    assert "here it is" in words["text"]
    assert words["new_text"] == turn["new_text"]
    message = Message.objects.get(public_id=turn["id"])
    original = program.ask("GET", f"/messages/{turn['id']}/original")
    assert original.content == raw_bytes(SYSTEM, message)
    assert (original["Content-Type"], original["Cache-Control"]) == ("message/rfc822", "private, no-store")
    listed = program.get("/messages", client=work.client.public_id)["items"]
    assert [one["subject"] for one in listed] == ["Invoice 0", "Plan 0"]
    assert "new_text" not in listed[0]


def test_search_goes_on_where_it_ended(program: Program, work: Engagement) -> None:
    first = program.get("/search", q="furious invoice", limit=2)
    second = program.get("/search", q="furious invoice", limit=2, cursor=first["next"])
    subjects = [one["subject"] for page in (first, second) for one in page["items"]]
    assert subjects == ["Invoice 0", "Invoice 1", "Invoice 2"]
    assert second["next"] is None
    assert COMPLAINT in first["items"][0]["new_text"]


def test_today_and_signals(program: Program, work: Engagement) -> None:
    said = program.get("/today")
    assert said["total"] == said["unowned"] == 3
    reason = said["items"][0]["reasons"][0]
    assert COMPLAINT.rstrip(".") in reason["quote"]
    assert program.get("/today", owner="me")["items"] == []
    assert program.get("/today", limit=1)["total"] == 3
    signals = program.get("/signals", client=work.client.public_id)["items"]
    assert {one["client"]["id"] for one in signals} == {str(work.client.public_id)}
    one = program.get(f"/signals/{signals[0]['id']}")
    assert one == signals[0]
    assert program.get("/signals", kind="silence", open=True)["items"] == []


def test_who_may_not_read_the_evidence_sees_no_more_than_that_it_is(
    program: Program, work: Engagement, monkeypatch: pytest.MonkeyPatch
) -> None:
    from amends.insights.lists import signals as listed

    monkeypatch.setattr(listed, "readable", lambda reader: Message.objects.none())
    monkeypatch.setattr(listed, "is_readable", lambda reader: Q(pk__in=[]))
    assert program.get("/signals")["items"] == []  # a list would count them
    for signal in Signal.objects.filter(raised_at__lte=work.created_at):
        one = program.get(f"/signals/{signal.public_id}")
        assert (one["quote"], one["message"], one["thread"], one["confidence"], one["rule"]) == (None,) * 5
        assert one["kind"] == signal.kind


def test_time_is_found_by_what_it_is_for(program: Program, work: Engagement) -> None:
    entries = program.get("/time", client=work.client.public_id)["items"]
    assert [one["day"] for one in entries] == ["2026-02-03", "2026-02-02", "2026-02-01"]
    assert entries[0]["engagement"]["client"]["name"] == work.client.name
    assert (entries[0]["seconds"], entries[0]["tags"], entries[0]["billable"]) == (3600, ["web"], True)
    assert len(program.get("/time", since="2026-02-02", until="2026-02-02")["items"]) == 1
    assert len(program.get("/time", billable=False)["items"]) == 1
    assert program.get("/time", person="Nobody")["items"] == []
    assert program.get("/time", engagement=work.public_id)["items"] == entries


def test_imports_say_how_they_are_doing(program: Program, work: Engagement) -> None:
    [one] = program.get("/imports")["items"]
    assert (one["state"], one["seen"], one["share"]) == ("waiting", 0, 0.0)
    assert program.get(f"/imports/{ImportRun.objects.get().public_id}") == one


def test_money_is_text_and_only_for_who_may_see_it(
    program: Program, work: Engagement, with_scopes: Callable[..., Program], fresh: datetime
) -> None:
    one = program.get(f"/engagements/{work.public_id}")
    assert (one["yearly_value"], one["currency"], one["starts_on"]) == ("48000.00", "EUR", "2026-01-01")
    staff = Member.objects.create_member(email="st@studio.example", name="St", role=Role.STAFF, now=fresh)
    seen = with_scopes(Scope.READ_ENGAGEMENTS, of=staff).get("/engagements")["items"]
    assert [work["yearly_value"] for work in seen] == [None]


LISTS = {
    "/clients": 2, "/clients/{client}/contacts": 3, "/clients/{client}/threads": 2, "/messages": 2, "/signals": 2,
    "/engagements": 1, "/time": 2, "/imports": 1, "/search?q=plan": 4, "/today": 12, "/threads/{thread}": 3,
}  # fmt: skip


@pytest.mark.parametrize("address", LISTS)
def test_the_number_of_queries_does_not_grow_with_the_rows(
    address: str, program: Program, work: Engagement, letters: Callable[..., None], member: Member, fresh: datetime
) -> None:
    there = address.format(client=work.client.public_id, thread=Thread.objects.latest("last_at").public_id)
    few = _queries(program, there)
    letters(30, first=3)
    enter_time(work, member, fresh, 30, first=3)
    many = _queries(program, there)
    assert many == few
    assert few - 3 <= LISTS[address]  # two find the token; once a minute one says that it was used


def _queries(program: Program, address: str) -> int:
    program.ask("GET", address)
    with CaptureQueriesContext(connection) as caught:
        assert program.ask("GET", address).status_code == 200
    return len(caught)


@pytest.mark.parametrize("address", ["/clients", "/messages", "/signals", "/time", "/clients/{client}/threads"])
def test_pages_hold_everything_once(
    address: str, program: Program, work: Engagement, letters: Callable[..., None]
) -> None:
    letters(4, first=3)
    there = address.format(client=work.client.public_id)
    everything = [one["id"] for one in program.get(there, limit=100)["items"]]
    found: list[str] = []
    page: dict[str, Any] = program.get(there, limit=1)
    while True:
        found += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        page = program.get(there, limit=1, cursor=page["next"])
    assert found == everything
    assert len(set(found)) == len(found) > 1


@pytest.mark.parametrize("cursor", ["x", "WzQyXQ", "bnVsbA", "WyJhIl0", "W1tbW1td", "e30", "WzFlOTk5LDFd", "%00"])
def test_a_made_up_cursor_is_refused_or_harmless(cursor: str, program: Program, work: Engagement) -> None:
    for address in ("/clients", "/signals", "/time", "/search?q=plan&", "/imports"):
        answer = program.ask("GET", f"{address}{'' if '?' in address else '?'}cursor={cursor}")
        assert answer.status_code in {200, 422}, (address, answer.content)


def test_a_client_that_was_merged_says_into_which(
    program: Program, work: Engagement, member: Member, fresh: datetime
) -> None:
    from amends.flows.curate import merge

    first, second = Client.objects.order_by("pk")[:2]
    merge(second, first, member=member, now=fresh)
    assert program.get(f"/clients/{second.public_id}")["merged_into"] == str(first.public_id)
    assert len(program.get("/clients")["items"]) == 2


def test_today_looks_back(program: Program, work: Engagement, fresh: datetime) -> None:
    assert program.get("/today", at=(fresh - timedelta(days=30)).isoformat())["items"] == []
    assert program.ask("GET", "/today?at=2026-03-16T10:00:00").status_code == 422  # no time zone
    assert Signal.objects.exists()
