"""Schemathesis over the whole schema, against the WSGI application: with a token of full scope, and of none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance
from tests.integration.api.conftest import Program, at_gate, bounded, names_boundaries, practised, put_right
from tests.integration.web.conftest import no_firm

from amends.api import door
from amends.api.v1.app import api
from amends.clients.models import Client, Engagement
from amends.config.wsgi import application
from amends.firm.models import Member, Role
from amends.firm.rules import scopes_for
from amends.mail.models import ImportRun, Message, Thread
from amends.signals.models import Response, Signal

pytestmark = pytest.mark.once

BOUNDED = settings(
    max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
FEW = settings(BOUNDED, max_examples=2)
RULES = {
    "urn:amends:problem:refused", "urn:amends:problem:invalid-cursor", "urn:amends:problem:changed-meanwhile",
    "urn:amends:problem:idempotency-key-reused",
}  # fmt: skip

config = SchemathesisConfig.from_dict(
    {"generation": {"deterministic": True, "max-examples": 8, "with-security-parameters": False}, "seed": 1}
)
schema: Any = schemathesis.openapi.from_dict(api.get_openapi_schema(), config=config)
schema.app = application


@pytest.fixture
def ids(
    program: Program, work: Engagement, with_scopes: Callable[..., Program], fresh: datetime,
    request: pytest.FixtureRequest,
) -> dict[str, str]:  # fmt: skip
    """Ids of what there is."""
    signal = Signal.objects.earliest("pk")
    program.ask("POST", "/answers", {"signals": [str(signal.public_id)], "answer": "own"})
    about = {"client": str(work.client.public_id)}
    ben = Member.objects.create_member(email="ben@studio.example", name="Ben", role=Role.STAFF, now=fresh)
    rests = ("recoveries", "approvals", "gestures", "reviews", "claims")
    asks = any(each in request.node.name for each in rests)
    gated = "gates" in request.node.name or "publications" in request.node.name
    day = (fresh + timedelta(days=9)).date().isoformat()
    return {
        "promise_id": program.ask("POST", "/promises", {**about, "text": "x"}).json()["id"],
        **(put_right(program, with_scopes(*scopes_for(ben.role), of=ben), day=day, **about) if asks else {}),
        **(at_gate(program, engagement=str(work.public_id)) if gated else {}),
        **(bounded(program, at=fresh, **about) if names_boundaries(request.node.name) else {}),
        "client_id": str(work.client.public_id), "thread_id": str(Thread.objects.earliest("pk").public_id),
        "message_id": str(Message.objects.earliest("pk").public_id), "signal_id": str(signal.public_id),
        "batch": str(Response.objects.earliest("pk").batch), "engagement_id": str(work.public_id),
        "run_id": str(ImportRun.objects.earliest("pk").public_id), "drill": "the-remark", "number": "1",
        "result_id": practised(program) if "drill" in request.node.name else "",
    }  # fmt: skip


def _send(case: Any, secret: str) -> Any:
    door.asking.forget()
    door.failing.forget()
    case.headers["Authorization"] = f"Bearer {secret}"
    # What a server does at the end of a request would close the connection that the test's transaction is in.
    request_finished.disconnect(close_old_connections)
    request_started.disconnect(close_old_connections)
    try:
        with no_firm():
            return case.call()
    finally:
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)


@schema.parametrize()  # type: ignore[untyped-decorator]
@BOUNDED
def test_the_api_keeps_its_schema(case: Any, secret: str, ids: dict[str, str]) -> None:
    """Whatever is sent: no failure of ours, only what the schema says, and what it calls valid is accepted."""
    answer = _send(case, secret)
    ruled = answer.status_code in {412, 422} and answer.json()["type"] in RULES  # what no schema can say
    case.validate_response(answer, excluded_checks=[ignored_auth, *([positive_data_acceptance] if ruled else [])])
    if case.path_parameters and case.meta.generation.mode.is_positive:
        case.path_parameters = {name: ids[name] for name in case.path_parameters}
        if "Idempotency-Key" in (case.headers or {}):
            case.headers["Idempotency-Key"] = str(uuid4())  # it is another request
        answer = _send(case, secret)
        assert answer.status_code != 404 or case.body, answer.content  # a body may name what is not there
        ruled = answer.status_code in {412, 422} and answer.json()["type"] in RULES
        case.validate_response(answer, excluded_checks=[ignored_auth, *([positive_data_acceptance] if ruled else [])])


@schema.parametrize()  # type: ignore[untyped-decorator]
@FEW
def test_without_scopes_it_says_nothing(case: Any, with_no_scope: str) -> None:
    """A token without any scope: 403, or what is wrong with the request's address and method."""
    answer = _send(case, with_no_scope)
    if case.operation.path != "/api/v1/me":
        assert answer.status_code in {403, 404, 405} or "Idempotency-Key" in answer.json()["detail"], answer.content
    case.validate_response(answer, excluded_checks=[ignored_auth])


@pytest.fixture
def with_no_scope(program: Program, secret: str, work: Engagement) -> str:
    """A token that was given nothing; the pages make none like that."""
    from amends.firm.models import AccessToken

    AccessToken.objects.update(scopes=[])
    assert Client.objects.exists()
    return secret
