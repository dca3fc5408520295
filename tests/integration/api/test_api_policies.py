"""The capital policy over the API: read, previewed without a trace, adopted once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from amends.capital.models import PolicyVersion, Posting
from amends.capital.policy import KINDS, shipped
from amends.capital.rules import Event
from amends.core.ids import uuid7
from amends.firm.models import AuditEntry, KeyedRequest, Member, Role
from amends.firm.rules import Scope, scopes_for
from amends.flows.capital.posting import settle

if TYPE_CHECKING:
    from tests.integration.api.conftest import Program

    from amends.clients.models import Engagement

DEAR = shipped().replace("amount = 10\n", "amount = 40\n", 1)  # renewal


@pytest.fixture
def renewed(work: Engagement, fresh: datetime) -> Engagement:
    settle([Event("a", "renewal", work.client_id, fresh - timedelta(days=9), ("survey", uuid7()))], now=fresh)
    return work


def test_versions_are_read(program: Program, renewed: Engagement) -> None:
    [listed] = program.get("/policies")["items"]
    assert (listed["number"], listed["half_life_days"], listed["why"], listed["by"]) == (1, 180, "As it comes", None)
    assert "text" not in listed
    one = program.get("/policies/1")
    assert {**listed, "lines": one["lines"], "text": shipped()} == one
    assert [line["kind"] for line in one["lines"]] == list(KINDS)
    assert one["lines"][0]["amount"] == -6.0
    assert program.ask("GET", "/policies/2").status_code == 404


def test_a_preview_leaves_no_trace(program: Program, renewed: Engagement) -> None:
    rows = list(Posting.objects.order_by("pk").values())
    answer = program.ask("POST", "/policies/preview", {"text": DEAR}, Idempotency_Key="k1")
    assert answer.status_code == 200
    seen = answer.json()
    client = seen["clients"][0]
    assert client["client"] == {"id": str(renewed.client.public_id), "name": renewed.client.name}
    assert client["would_be"] - client["balance"] == 29  # 30, of nine days ago
    [kind] = [one for one in seen["kinds"] if one["kind"] == "renewal"]
    assert (kind["now"], kind["would_be"]) == (9.66, 38.64)
    assert (seen["missing"], seen["postings"]) == ([], len(rows))
    assert list(Posting.objects.order_by("pk").values()) == rows
    assert (PolicyVersion.objects.count(), KeyedRequest.objects.count()) == (1, 0)


def test_a_policy_is_adopted_once(program: Program, member: Member, renewed: Engagement) -> None:
    body = {"text": DEAR, "why": "A renewal is everything.", "after": 1}
    made = program.ask("POST", "/policies", body)
    assert (made.status_code, made.json()["number"], made.json()["by"]) == (201, 2, member.name)
    late = program.ask("POST", "/policies", body)
    assert (late.status_code, late.json()["type"]) == (409, "urn:amends:problem:changed-meanwhile")
    assert "Version 2 was adopted meanwhile" in late.json()["detail"]
    assert [one["number"] for one in program.get("/policies")["items"]] == [2, 1]
    assert AuditEntry.objects.get(did="policy.adopted").detail["before"] == 1


def test_what_cannot_be_applied_is_refused_in_one_sentence(program: Program, renewed: Engagement) -> None:
    for path, body in (
        ("/policies/preview", {"text": "half_life_days = 1"}),
        ("/policies", {"text": "version = ", "why": "x", "after": 1}),
        ("/policies", {"text": DEAR, "why": " ", "after": 1}),
    ):
        answer = program.ask("POST", path, body)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:amends:problem:refused"), answer.content
    assert PolicyVersion.objects.count() == 1


def test_only_administrators_preview_and_adopt(
    with_scopes: Callable[..., Program], member: Member, renewed: Engagement
) -> None:
    program = with_scopes(Scope.READ_CAPITAL, Scope.WRITE_CAPITAL)
    member.role = Role.PARTNER  # after the token was made
    member.save()
    assert Scope.WRITE_CAPITAL not in scopes_for(member.role)
    assert program.get("/policies/1")["number"] == 1
    for path, body in (("/policies/preview", {"text": DEAR}), ("/policies", {"text": DEAR, "why": "x", "after": 1})):
        assert program.ask("POST", path, body).status_code == 403
    assert PolicyVersion.objects.count() == 1
