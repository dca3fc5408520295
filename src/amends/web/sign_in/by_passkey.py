"""Passkeys at the door: as the way in, as the second step, and to show again that it is you. Spoken to by script."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.firm import passkeys
from amends.firm.models import Member
from amends.firm.passkeys import PasskeyRefused
from amends.firm.scope import firm_scope
from amends.firm.single_sign_on import provider
from amends.web.guard import PROVEN
from amends.web.http import clock, member_of
from amends.web.sign_in.entering import enter, first_step, half_way, safe_target

STATE = "passkey"  # in the session: what the device has to sign
_MOST = 60_000  # bytes of an answer


@never_cache
@require_POST
def begin(request: HttpRequest) -> JsonResponse:
    """What to sign: for the keys of whoever is half-way in, else for any key that the person has."""
    half = half_way(request, now=clock())
    if half is None:
        options, state = passkeys.begin_asking(None)
    else:
        with firm_scope(half.member.firm_id):
            options, state = passkeys.begin_asking(half.member)
    request.session[STATE] = state
    return JsonResponse(options)


@never_cache
@require_POST
def finish(request: HttpRequest) -> JsonResponse:
    """What was signed, and in."""
    now = clock()
    half = half_way(request, now=now)
    try:
        given = answer_of(request)
        member = passkeys.prove(take_state(request), given, now=now, only=half.member if half else None)
        _refuse_past_the_service(member)
    except PasskeyRefused as error:
        return JsonResponse({"problem": str(error)}, status=403)
    if half is not None:
        enter(request, member, by=half.by, two=True, now=now)
        return JsonResponse({"url": half.target})
    target = safe_target(str(given.get("next", "")))
    return JsonResponse({"url": first_step(request, member, by="passkey", target=target, now=now)})


@login_required
@require_POST
def confirm_begin(request: HttpRequest) -> JsonResponse:
    """What to sign, to show again that it is you."""
    options, request.session[STATE] = passkeys.begin_asking(member_of(request))
    return JsonResponse(options)


@login_required
@require_POST
def confirm(request: HttpRequest) -> JsonResponse:
    """It is you."""
    now = clock()
    try:
        given = answer_of(request)
        passkeys.prove(take_state(request), given, now=now, only=member_of(request))
    except PasskeyRefused as error:
        return JsonResponse({"problem": str(error)}, status=403)
    request.session[PROVEN] = now.isoformat()
    return JsonResponse({"url": safe_target(str(given.get("next", "")))})


def answer_of(request: HttpRequest) -> dict[str, Any]:
    """What the device answered, as the script sent it; raises `PasskeyRefused`."""
    try:
        found = json.loads(request.body[:_MOST])
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise PasskeyRefused("Your browser's answer could not be read. Try again.")
    return found


def take_state(request: HttpRequest) -> dict[str, Any]:
    """What had to be signed; it serves once. Raises `PasskeyRefused`."""
    state = request.session.pop(STATE, None)
    if not isinstance(state, dict):
        raise PasskeyRefused("That took too long. Try again.")
    return state


def _refuse_past_the_service(member: Member) -> None:
    service = provider()
    if member.firm.single_sign_on_only and service is not None:
        message = f"Your firm signs in with {service.name}: use its button."
        raise PasskeyRefused(message)
