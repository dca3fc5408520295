"""Statements, balances and policies over the API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from amends.capital.rules import Event
from amends.core.ids import uuid7
from amends.flows.capital.posting import settle

if TYPE_CHECKING:
    from tests.integration.api.conftest import Program

    from amends.clients.models import Engagement


def test_a_statement_adds_up(program: Program, work: Engagement, fresh: datetime) -> None:
    events = [
        Event(f"a{n}", kind, work.client_id, fresh - timedelta(days=n), ("survey", uuid7()))
        for n, kind in enumerate(("praise", "anger", "renewal"), 1)
    ]
    settle(events, now=fresh)
    found = program.ask("GET", f"/clients/{work.client.public_id}/statement").json()
    total = found["opening"] + sum(one["amount"] for one in found["postings"]) + found["faded"]
    assert round(total, 2) == found["closing"]
    assert {one["kind"] for one in found["postings"]} >= {"praise", "anger", "renewal"}
    day = fresh.date().isoformat()
    last = program.ask("GET", f"/clients/{work.client.public_id}/statement?from={day}&to={day}").json()
    assert (last["first"], last["postings"]) == (day, [])
    turned = program.ask("GET", f"/clients/{work.client.public_id}/statement?from={day}&to=2020-01-01")
    assert (turned.status_code, turned.json()["type"]) == (422, "urn:amends:problem:refused")


def test_every_balance_and_the_policy(program: Program, work: Engagement, fresh: datetime) -> None:
    settle([Event("a", "praise", work.client_id, fresh, ("survey", uuid7()))], now=fresh)
    found = program.ask("GET", "/portfolio").json()
    held = next(one for one in found["items"] if one["client"]["id"] == str(work.client.public_id))
    assert isinstance(held["balance"], int)
    [policy] = program.ask("GET", "/policies").json()["items"]
    assert (policy["number"], policy["half_life_days"]) == (1, 180)
