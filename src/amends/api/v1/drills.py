"""Drills: listing and playing them, and how one's own went. Nobody else's results are told here."""

from __future__ import annotations

import uuid
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router

from amends.api.door import Bearer, member_of, now_of
from amends.api.v1.parts import answers
from amends.api.v1.schemas.drills import (
    DrillOut,
    DrillResultOut,
    DrillResultsOut,
    DrillsOut,
    PlayNew,
    PlayOut,
)
from amends.firm.rules import Scope
from amends.flows.recovery import drilling
from amends.insights.recovery.practice import own_result, own_results
from amends.recovery.drills import Ending

router = Router(tags=["Drills"])
READ, WRITE = Bearer(Scope.READ_DRILLS), Bearer(Scope.WRITE_DRILLS)
Slug = Annotated[str, Path(pattern="^[a-z0-9-]{1,80}$", description="Which drill")]


@router.get("/drills", auth=READ, response=answers(DrillsOut), summary="Drills")
def list_drills(request: HttpRequest) -> DrillsOut:
    """Difficult conversations to practise."""
    return DrillsOut(items=[DrillOut.of(one) for one in drilling.drills()[0]])


@router.post("/drills/{drill}/play", auth=WRITE, response=answers(PlayOut, 400, 404, 409), summary="Play a drill")
def play_drill(request: HttpRequest, drill: Slug, body: PlayNew) -> PlayOut:
    """Begin a drill, or answer the client. At its end it is kept how it went, for you alone; before that, nothing."""
    member, now = member_of(request), now_of(request)
    run = drilling.opened(body.run, slug=drill, by=member) if body.run else drilling.begin(drill)
    if body.run or body.answer:
        run = drilling.say(run, body.answer, by=member, now=now)
    result = drilling.finish(run, by=member, now=now) if isinstance(run.at, Ending) else None
    return PlayOut.of(run, sealed=drilling.sealed(run, by=member), result=result)


@router.get("/me/drills", auth=READ, response=answers(DrillResultsOut), summary="How your drills went")
def list_my_drills(request: HttpRequest) -> DrillResultsOut:
    """What you practised, the newest first."""
    return DrillResultsOut(items=[DrillResultOut.of(one) for one in own_results(member_of(request))])


@router.get("/me/drills/{uuid:result_id}", auth=READ, response=answers(DrillResultOut, 404), summary="One of them")
def get_my_drill(request: HttpRequest, result_id: uuid.UUID) -> DrillResultOut:
    """How one of your own drills went."""
    return DrillResultOut.of(own_result(member_of(request), result_id))
