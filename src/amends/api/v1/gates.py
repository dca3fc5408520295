"""Readiness gates: what is missing before work begins in an industry that is new to the firm."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status

from amends.api.cursors import key_of
from amends.api.door import Bearer, member_of, now_of, reader_of
from amends.api.v1.parts import Cursor, Limit, answers, paged
from amends.api.v1.schemas.common import Paged
from amends.api.v1.schemas.gates import (
    GateOut,
    GateRow,
    GateStep,
    Kept,
    ProofNew,
    QuestionChange,
    QuestionNew,
)
from amends.firm.rules import Scope
from amends.flows.boundaries import gates as flow
from amends.insights.gates import gate_page
from amends.insights.lists.gates import gates_page

router = Router(tags=["Gates"])
READ, WRITE = Bearer(Scope.READ_BOUNDARIES), Bearer(Scope.WRITE_BOUNDARIES)
_ONE = "/gates/{uuid:gate_id}"
State = Annotated[Literal["", "open", "passed", "overridden"], Query("open", description="All where it is empty")]


@router.get("/gates", auth=READ, response=answers(Paged[GateRow]), summary="Readiness gates")
def list_gates(request: HttpRequest, state: State, limit: Limit, cursor: Cursor) -> Any:
    """Gates with what they still miss, the newest first."""
    return paged(gates_page(state=state, after=key_of(cursor, int), limit=limit), GateRow.of)


@router.get(_ONE, auth=READ, response=answers(GateOut, 404), summary="One gate")
def get_gate(request: HttpRequest, gate_id: uuid.UUID) -> GateOut:
    """One gate with its questions and what was agreed."""
    return _out(request, gate_id)


@router.post(
    "/engagements/{uuid:engagement_id}/gate", auth=WRITE, response=answers(GateOut, 400, 404, status=201),
    summary="Open a gate",
)  # fmt: skip
def open_gate(request: HttpRequest, engagement_id: uuid.UUID) -> Status[GateOut]:
    """Open the gate of an engagement, whatever the industry; in a new one it opens by itself."""
    made = flow.open_by_hand(engagement_id, by=member_of(request), now=now_of(request))
    return Status(201, _out(request, made.public_id))


@router.post(_ONE, auth=WRITE, response=answers(GateOut, 400, 404, 409), summary="Settle a gate")
def settle_gate(request: HttpRequest, gate_id: uuid.UUID, body: GateStep) -> GateOut:
    """Let it pass where nothing is missing; override it, which a partner does with a reason; or open it again."""
    by, now = member_of(request), now_of(request)
    match body.do:
        case "pass":
            flow.let_pass(gate_id, by=by, now=now)
        case "override":
            flow.override(gate_id, why=body.why, by=by, now=now)
        case "reopen":
            flow.open_again(gate_id, by=by, now=now)
    return _out(request, gate_id)


@router.post(
    f"{_ONE}/evidence", auth=WRITE, response=answers(GateOut, 400, 404, status=201), summary="Show what was agreed"
)
def show_agreed(request: HttpRequest, gate_id: uuid.UUID, body: ProofNew) -> Status[GateOut]:
    """That the glossary or the pace was agreed, or that our advice was overruled."""
    flow.show(reader_of(request), gate_id, **body.dict(), by=member_of(request), now=now_of(request))
    return Status(201, _out(request, gate_id))


@router.post(
    f"{_ONE}/evidence/{{uuid:proof_id}}", auth=WRITE, response=answers(GateOut, 400, 404, 409),
    summary="Take evidence of a gate away, or put it back",
)  # fmt: skip
def keep_agreed(request: HttpRequest, gate_id: uuid.UUID, proof_id: uuid.UUID, body: Kept) -> GateOut:
    """What was taken away stays, and can be put back."""
    deed = flow.take_away if body.do == "remove" else flow.put_back
    deed(gate_id, proof_id, by=member_of(request), now=now_of(request))
    return _out(request, gate_id)


@router.post(f"{_ONE}/questions", auth=WRITE, response=answers(GateOut, 400, 404, status=201), summary="Add a question")
def ask_question(request: HttpRequest, gate_id: uuid.UUID, body: QuestionNew) -> Status[GateOut]:
    """Something that is to be known before work begins."""
    flow.ask(gate_id, body.question, why=body.why)
    return Status(201, _out(request, gate_id))


@router.post(
    f"{_ONE}/questions/{{uuid:question_id}}", auth=WRITE, response=answers(GateOut, 400, 404, 409),
    summary="Answer a question",
)  # fmt: skip
def answer_question(
    request: HttpRequest, gate_id: uuid.UUID, question_id: uuid.UUID, body: QuestionChange
) -> GateOut:  # fmt: skip
    """Write down the answer and who knew it; or take the question out."""
    match body.do:
        case "answer":
            flow.answer(
                gate_id, question_id, body.answer, told_by=body.told_by, by=member_of(request), now=now_of(request)
            )  # fmt: skip
        case "remove":
            flow.drop_question(gate_id, question_id, now=now_of(request))
        case "restore":
            flow.bring_question_back(gate_id, question_id)
    return _out(request, gate_id)


def _out(request: HttpRequest, gate_id: uuid.UUID) -> GateOut:
    return GateOut.whole(gate_page(reader_of(request), gate_id))
