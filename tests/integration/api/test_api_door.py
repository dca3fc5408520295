"""The door of the API: tokens, scopes, roles, other firms, limits, and errors in one shape."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse
from tests.integration.api.conftest import Program, at_gate, bounded, names_boundaries, practised, put_right
from tests.letters import judged, letter

from amends.api.door import FAILURES_PER_MINUTE
from amends.api.v1.app import api
from amends.capital.policy import shipped
from amends.clients.models import Client, Engagement
from amends.firm.models import AccessToken, AuditEntry, Firm, Member, Role
from amends.firm.rules import Scope, may_use, scopes_for
from amends.firm.scope import firm_scope
from amends.firm.tokens import MOST, TokenRefused, make_token, revoke_token
from amends.flows.set_up import begin_run, found_firm
from amends.mail.models import Message, Thread
from amends.outbox.models import Reaction
from amends.signals.models import Response, Signal

pytestmark = pytest.mark.once  # whom the door lets in does not depend on the database

SCHEMA = api.get_openapi_schema()
OPERATIONS = [
    (method.upper(), path.removeprefix("/api/v1"), (operation["security"][0]["Bearer"] or [None])[0])
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
]
BODIES: dict[str, object] = {
    "/answers": {"signals": [str(uuid4())], "answer": "own"},
    "/check": {"text": "x", "answering": str(uuid4())},
    "/check/reactions": {
        "draft": str(uuid4()), "reactions": [{"rule": "placeholder", "mark": "0" * 16, "made": "accepted"}],
    },
    "/promises": {"client": str(uuid4()), "text": "x"},
    "/promises/{promise_id}/settle": {"do": "keep"},
    "/recoveries": {"client": str(uuid4())},
    "/recoveries/{recovery_id}/failing": {"mode": "x"},
    "/recoveries/{recovery_id}/step": {"before": "own", "after": "listen"},
    "/recoveries/{recovery_id}/listen": {"threads": [str(uuid4())]},
    "/recoveries/{recovery_id}/close": {"how": "mistaken", "why": "x"},
    "/recoveries/{recovery_id}/undo": {"undo": "x"},
    "/recoveries/{recovery_id}/points": {"quote": "x"},
    "/recoveries/{recovery_id}/points/merge": {"points": [str(uuid4()), str(uuid4())]},
    "/recoveries/{recovery_id}/points/{issue_id}": {"do": "remove"},
    "/recoveries/{recovery_id}/points/{issue_id}/evidence": {"kind": "document", "label": "y"},
    "/recoveries/{recovery_id}/evidence/{evidence_id}": {"do": "shown"},
    "/recoveries/{recovery_id}/calls/{call_id}/notes": {"text": "x"},
    "/recoveries/{recovery_id}/calls/{call_id}/notes/{note_id}": {"do": "point"},
    "/recoveries/{recovery_id}/remedies": {"kind": "fix", "what": "x"},
    "/recoveries/{recovery_id}/remedies/{remedy_id}": {"do": "withdraw"},
    "/approvals/{approval_id}": {"approve": True},
    "/policies": {"text": shipped(), "why": "x", "after": 1},
    "/policies/preview": {"text": shipped()},
    "/gates/{gate_id}": {"do": "override", "why": "x"},
    "/gates/{gate_id}/evidence": {"part": "advice", "words": "x", "said_on": "2026-01-05"},
    "/gates/{gate_id}/evidence/{proof_id}": {"do": "remove"},
    "/gates/{gate_id}/questions": {"question": "x"},
    "/gates/{gate_id}/questions/{question_id}": {"answer": "x"},
    "/publications": {"engagement": str(uuid4()), "what": "x"},
    "/publications/{publication_id}": {"do": "publish"},
    "/publications/{publication_id}/checks": {"name": "x"},
    "/publications/{publication_id}/checks/{check_id}": {"state": "stopped", "reason": "x"},
    "/publications/{publication_id}/checks/{check_id}/evidence": {"kind": "note", "words": "x"},
    "/clients/{client_id}/gestures": {"what": "x"},
    "/gestures/{gesture_id}": {"do": "drop"},
    "/reviews": {"client": str(uuid4()), "place": "x", "words": "x"},
    "/reviews/{review_id}": {"do": "remove"},
    "/clients/{client_id}/referrals": {"whom": "x"},
    "/clients/{client_id}/claims": {"guarantee": str(uuid4()), "words": "x"},
    "/claims/{claim_id}": {"do": "refuse", "why": "x"},
    "/engagements": {"client": str(uuid4()), "name": "x"},
    "/engagements/{engagement_id}": {"name": "x"},
    "/engagements/{engagement_id}/scope": {"inside": "x"},
    "/clients/{client_id}": {"industry": "x"},
    "/suppliers": {"name": "x"},
    "/suppliers/{supplier_id}": {"name": "x"},
    "/services": {"name": "x", "how": "not"},
    "/scope-answers": {"kind": "inside", "client": str(uuid4())},
    "/referrals-out/{referral_out_id}": {"helped": "yes"},
}  # fmt: skip
NEEDS_MORE = {"/recoveries/{recovery_id}/undo", "/recoveries/{recovery_id}/reopen"}  # something was done before
OF_EVERY_FIRM = {"/drills", "/drills/{drill}/play", "/policies", "/policies/{number}"}  # in the home, or of each firm
NAMES_NOTHING = {  # or ids of the program's own
    "/check/reactions", "/policies", "/policies/preview", "/services", "/suppliers",
}  # fmt: skip


def _address(path: str, ids: dict[str, Any]) -> str:
    return path.format(**ids) + ("?q=x" if path == "/search" else "")


def _ask(program: Program, method: str, path: str, ids: dict[str, Any]) -> Any:
    body = BODIES.get(path, {}) if method != "GET" else None
    return program.ask(method, _address(path, ids), body, If_Match="*")


def _is_problem(answer: Any, status: int, kind: str) -> None:
    said = answer.json()
    assert (answer.status_code, said["status"], said["type"]) == (status, status, f"urn:amends:problem:{kind}"), said
    assert answer["Content-Type"] == "application/problem+json"
    assert said["title"]
    assert said["detail"].endswith(".")


@pytest.fixture
def ids(firm: Firm) -> dict[str, Any]:
    """Ids of nothing."""
    names = (
        "client_id", "thread_id", "message_id", "signal_id", "batch", "engagement_id", "run_id", "recovery_id",
        "promise_id", "issue_id", "evidence_id", "remedy_id", "approval_id", "call_id", "note_id",
        "gate_id", "proof_id", "question_id", "publication_id", "check_id",
        "promise_id", "issue_id", "evidence_id", "remedy_id", "approval_id", "call_id", "note_id", "supplier_id",
        "answer_id", "referral_out_id", "parting_id",
        "gesture_id", "review_id", "claim_id",
        "result_id",
    )  # fmt: skip
    return {**{name: str(uuid4()) for name in names}, "drill": "no-such-drill", "number": 77}


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_an_operation_wants_its_scope(
    method: str, path: str, scope: str | None, ids: dict[str, Any], with_scopes: Callable[..., Program]
) -> None:
    if scope is None:
        assert path == "/me"
        return
    others = with_scopes(*(one for one in Scope if one != scope))
    _is_problem(_ask(others, method, path, ids), 403, "scope-missing")
    reading = [Scope.READ_MAIL] if path == "/check" else []  # it names a message that is answered
    answer = _ask(with_scopes(Scope(scope), *reading), method, path, ids)
    missed = "{" in path or (method == "POST" and path not in NAMES_NOTHING)
    assert answer.status_code in ({404} if missed else {200, 201}), answer.content


def test_every_scope_is_for_something_and_writes_are_apart() -> None:
    assert {scope for _, _, scope in OPERATIONS} == {None, *Scope}
    for method, path, scope in OPERATIONS:
        right = {"read:"} if method == "GET" else {"write:", "check"}
        assert scope is None or scope.startswith(tuple(right)), path


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_a_role_bounds_what_its_tokens_do(
    method: str, path: str, scope: str | None, ids: dict[str, Any], member: Member, secret: str
) -> None:
    member.role = Role.FINANCE_VIEWER  # after the token was made
    member.save()
    answer = _ask(Program(secret), method, path, ids)
    allowed = scope is None or (may_use(Role.FINANCE_VIEWER, Scope(scope)) and "contacts" not in path)
    if allowed:
        assert answer.status_code in {200, 404}
    else:
        _is_problem(answer, 403, "forbidden")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer amends_x", "Basic YTpi", "Token {}", "Bearer {} x"]
)
def test_without_a_token_that_works_nothing_is_said(header: str, secret: str) -> None:
    answer = Program().ask("GET", "/clients", Authorization=header.format(secret))
    _is_problem(answer, 401, "unauthorised")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_token(client: Browser, member: Member) -> None:
    client.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    answer = client.get("/api/v1/me")
    _is_problem(answer, 401, "unauthorised")
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


def test_a_token_dies_with_its_member_its_day_and_by_hand(member: Member, fresh: datetime) -> None:
    def secret(**more: Any) -> tuple[AccessToken, Program]:
        token, words = make_token(member, name="x", scopes=[Scope.READ_CLIENTS], now=fresh, **more)
        return token, Program(words)

    token, program = secret()
    _, short = secret(expires_at=fresh + timedelta(days=1))
    assert [one.ask("GET", "/clients").status_code for one in (program, short)] == [200, 200]
    AccessToken.objects.filter(expires_at__isnull=False).update(expires_at=fresh - timedelta(minutes=1))
    _is_problem(short.ask("GET", "/clients"), 401, "unauthorised")
    member.is_active = False
    member.save()
    _is_problem(program.ask("GET", "/clients"), 401, "unauthorised")
    member.is_active = True
    member.save()
    assert program.ask("GET", "/clients").status_code == 200
    revoke_token(token.public_id, by=member, now=fresh)
    _is_problem(program.ask("GET", "/clients"), 401, "unauthorised")
    assert [entry.did for entry in AuditEntry.objects.order_by("pk")] == [
        "token.created",
        "token.created",
        "token.revoked",
    ]


def test_only_a_hash_of_a_token_is_kept(secret: str, program: Program) -> None:
    token = AccessToken.objects.get()
    assert token.last_used_at is None
    program.get("/me")
    token.refresh_from_db()
    assert token.last_used_at is not None
    used = token.last_used_at
    program.get("/me")
    token.refresh_from_db()
    assert token.last_used_at == used  # once a minute
    assert secret.startswith(token.beginning)
    kept = " ".join(str(value) for value in AccessToken.objects.values().get().values())
    assert secret not in kept
    assert secret[20:50] not in kept
    assert secret not in str(list(AuditEntry.objects.values()))


def test_a_token_knows_no_more_than_its_member(member: Member, fresh: datetime) -> None:
    staff = Member.objects.create_member(email="st@studio.example", name="St", role=Role.STAFF, now=fresh)
    refusals: list[dict[str, Any]] = [
        {"name": " ", "scopes": [Scope.READ_MAIL]}, {"name": "x", "scopes": []},
        {"name": "x", "scopes": [Scope.WRITE_ENGAGEMENTS]},
        {"name": "x", "scopes": [Scope.READ_MAIL], "expires_at": fresh},
    ]  # fmt: skip
    for wrong in refusals:
        with pytest.raises(TokenRefused):
            make_token(staff, now=fresh, **wrong)
    assert scopes_for("nobody") == []
    for number in range(MOST):
        make_token(staff, name=f"{number}", scopes=[Scope.READ_MAIL], now=fresh)
    with pytest.raises(TokenRefused):
        make_token(staff, name="one more", scopes=[Scope.READ_MAIL], now=fresh)
    other = AccessToken.objects.filter(member=staff)[0]
    member.role = Role.PARTNER
    member.save()
    with pytest.raises(AccessToken.DoesNotExist):
        revoke_token(other.public_id, by=member, now=fresh)


@pytest.fixture
def rivals(firm: Firm, fresh: datetime, request: pytest.FixtureRequest) -> dict[str, Any]:
    """Ids of everything at another firm."""
    made = found_firm(["rival.example"], now=fresh, name="Rivals")
    with firm_scope(made):
        judged(letter("I am furious about this.", at=fresh - timedelta(days=2), to="boss@rival.example"), now=fresh)
        boss = Member.objects.create_member(email="b@rival.example", name="B", role=Role.ADMINISTRATOR, now=fresh)
        run, client = begin_run([], now=fresh), Client.objects.get()
        work = Engagement.objects.create(client=client, name="theirs", created_at=fresh)
        signal = Signal.objects.earliest("pk")
        secret = make_token(boss, name="x", scopes=list(Scope), now=fresh)[1]
        their = Program(secret)
        answered = their.ask("POST", "/answers", {"signals": [str(signal.public_id)], "answer": "own"})
        promise = their.ask("POST", "/promises", {"client": str(client.public_id), "text": "x"}).json()["id"]
        staff = Member.objects.create_member(email="s@rival.example", name="S", role=Role.STAFF, now=fresh)
        asker = Program(make_token(staff, name="x", scopes=scopes_for(staff.role), now=fresh)[1])
        day = (fresh + timedelta(days=9)).date().isoformat()
        named = request.node.name
        rests = ("recover", "approval", "gesture", "review", "claim")  # a dozen requests, where they are needed
        asks = any(each in named for each in rests)
        gated = "gates" in named or "publications" in named
        recovery = put_right(their, asker, client=str(client.public_id), day=day) if asks else {}
        found: dict[str, Any] = {
            **recovery, **(at_gate(their, engagement=str(work.public_id)) if gated else {}), "promise_id": promise,
            **(bounded(their, client=str(client.public_id), at=fresh) if names_boundaries(named) else {}),
            "client_id": client.public_id, "thread_id": Thread.objects.get().public_id,
            "message_id": Message.objects.get().public_id, "signal_id": signal.public_id,
            "batch": answered.json()["batch"], "engagement_id": work.public_id, "run_id": run.public_id,
            "drill": "the-remark", "number": 1, "result_id": practised(their) if "drill" in named else "",
        }  # fmt: skip
    return {**found, "program": their, "firm": made}


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_what_is_another_firms_is_not_there(
    method: str, path: str, scope: str | None, rivals: dict[str, Any], program: Program
) -> None:
    bodies = {
        "/answers": {"signals": [str(rivals["signal_id"])], "answer": "own"},
        "/check": {"text": "x", "answering": str(rivals["message_id"])},
        "/engagements": {"client": str(rivals["client_id"]), "name": "x"},
        "/promises": {"client": str(rivals["client_id"]), "text": "x"},
        "/reviews": {"client": str(rivals["client_id"]), "place": "y", "words": "y"},
        "/clients/{client_id}/claims": {"guarantee": rivals.get("guarantee_id", ""), "words": "x"},
        "/recoveries": {"client": str(rivals["client_id"])},
        "/publications": {"engagement": str(rivals["engagement_id"]), "what": "x"},
        "/scope-answers": {"kind": "inside", "client": str(rivals["client_id"])},
        "/recoveries/{recovery_id}/listen": {"threads": [str(rivals["thread_id"])]},
    }
    if path.endswith("/merge"):
        whole = rivals["program"].get(f"/recoveries/{rivals['recovery_id']}")
        bodies[path] = {"points": [one["id"] for one in whole["points"]]}
    body = None if method == "GET" else bodies.get(path, BODIES.get(path, {}))
    answer = program.ask(method, _address(path, rivals), body, If_Match="*")
    if path in OF_EVERY_FIRM:
        assert answer.status_code in {200, 201}
    elif path in NAMES_NOTHING:
        with firm_scope(rivals["firm"]):
            assert not Reaction.objects.exists()
    elif "{" in path or method == "POST":
        _is_problem(answer, 404, "not-found")
        theirs = rivals["program"].ask(method, _address(path, rivals), body, If_Match="*")
        assert theirs.status_code in ({409, 422} if path in NEEDS_MORE else {200, 201}), theirs.content
    else:
        assert answer.status_code == 200
        assert "rival" not in answer.content.decode().lower()
        assert not answer.json().get("items")
    for name in ("client", "engagement"):
        if (
            method == "GET"
            and name in str(SCHEMA["paths"][f"/api/v1{path}"]["get"].get("parameters"))
            and path == "/time"
        ):
            _is_problem(program.ask("GET", f"{path}?{name}={rivals[f'{name}_id']}"), 404, "not-found")


def test_answers_of_another_firm_stay(rivals: dict[str, Any], program: Program) -> None:
    _is_problem(program.ask("POST", f"/answers/{rivals['batch']}/undo"), 404, "not-found")
    with firm_scope(rivals["firm"]):
        assert Response.objects.get().undone_at is None


def test_who_asks_too_often_waits(program: Program, settings: Any) -> None:
    settings.API_PER_MINUTE = 3
    assert [program.ask("GET", "/me").status_code for _ in range(3)] == [200] * 3
    refused = program.ask("GET", "/me")
    _is_problem(refused, 429, "too-many-requests")
    assert 1 <= int(refused["Retry-After"]) <= 20


def test_who_guesses_tokens_waits(program: Program) -> None:
    guess = Program(f"amends_{'x' * 65}")
    for _ in range(FAILURES_PER_MINUTE):
        assert guess.ask("GET", "/me").status_code == 401
    refused = guess.ask("GET", "/me")
    _is_problem(refused, 429, "too-many-requests")
    assert int(refused["Retry-After"]) >= 1


def test_a_proxy_is_believed_only_where_there_is_one(settings: Any, program: Program) -> None:
    def guess(said: str) -> int:
        return int(Program(f"amends_{'x' * 65}").ask("GET", "/me", X_Forwarded_For=said).status_code)

    for number in range(FAILURES_PER_MINUTE):
        assert guess(f"192.0.2.{number}") == 401
    assert guess("192.0.2.99") == 429  # without a proxy of ours, anybody could write that
    settings.AXES_IPWARE_PROXY_COUNT = 1
    assert guess("198.51.100.1, 192.0.2.99") == 401


@pytest.mark.parametrize(
    ("method", "address", "body", "status", "kind"),
    [
        ("GET", "/nope", None, 404, "not-found"),
        ("GET", "/clients/no-uuid", None, 404, "not-found"),
        ("DELETE", "/clients", None, 405, "method-not-allowed"),
        ("POST", "/openapi.json", {}, 405, "method-not-allowed"),
        ("GET", "/clients?limit=0", None, 422, "invalid"),
        ("GET", "/clients?limit=101", None, 422, "invalid"),
        ("GET", "/clients?cursor=nonsense", None, 422, "invalid-cursor"),
        ("GET", "/clients?standing=friend", None, 422, "invalid"),
        ("GET", "/search", None, 422, "invalid"),
        ("POST", "/engagements", "no json", 400, "malformed"),
        ("POST", "/engagements", {"name": "x"}, 422, "invalid"),
        ("POST", "/answers", {"signals": [], "answer": "own"}, 422, "invalid"),
        ("POST", "/check", {}, 422, "refused"),
        ("POST", "/check", {"eml": "x", "text": "x"}, 422, "refused"),
        ("POST", "/check", {"eml": "x", "to": [{"email": "a@b.example"}]}, 422, "refused"),
        ("POST", "/check", {"text": "x", "only": ["nonsense"]}, 422, "refused"),
        ("POST", "/check", {"text": "x", "client": str(uuid4())}, 404, "not-found"),
        ("POST", "/check/reactions", {"draft": str(uuid4()), "reactions": []}, 422, "invalid"),
        ("POST", "/answers", {"signals": [str(uuid4())], "answer": "own", "extra": 1}, 422, "invalid"),
        ("POST", "/answers", {"signals": [str(uuid4())], "answer": "own"}, 404, "not-found"),
        ("POST", "/answers", {"signals": [str(uuid4())], "answer": "later"}, 422, "refused"),
    ],
)
def test_errors_have_one_shape(
    method: str, address: str, body: object, status: int, kind: str, program: Program
) -> None:
    _is_problem(program.ask(method, address, body), status, kind)


def test_what_nobody_expected_is_a_problem_too(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the words of a letter")

    monkeypatch.setattr("amends.api.v1.clients.client_page", broken)
    answer = program.ask("GET", "/clients")
    _is_problem(answer, 500, "failed")
    assert b"letter" not in answer.content


def test_too_much_is_refused(program: Program, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    _is_problem(program.ask("POST", "/engagements", {"name": "x" * 200}), 413, "too-large")


def test_the_schema_is_open_and_says_what_it_needs(client: Browser) -> None:
    answer = client.get(reverse("api-schema"))
    assert answer.json() == SCHEMA
    assert SCHEMA["openapi"].startswith("3.1")
    assert SCHEMA["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"
    assert "Access-Control-Allow-Origin" not in answer


def test_head_asks_what_get_would_say(program: Program) -> None:
    answer = program.ask("HEAD", "/me")
    assert (answer.status_code, answer.content) == (200, b"")
