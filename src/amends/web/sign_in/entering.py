"""The way in, shared by all doors: a first step, perhaps a second one, and then a session with a new key.

Between the steps nobody is signed in: the session holds who proved the first one, and nothing opens by it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from amends.firm.audit import note
from amends.firm.models import AuditEntry, Member
from amends.firm.scope import firm_scope
from amends.firm.sign_in import MemberBackend, member_anywhere
from amends.firm.two_factor import has_two_factor
from amends.web.guard import PROVEN, network_address
from amends.web.middleware import TWO_FACTOR

BACKEND = "amends.firm.sign_in.MemberBackend"
_HALF = "half_way"
_LASTS = timedelta(minutes=10)
_TRIES = 5  # wrong codes after one right password
_PAUSE = timedelta(hours=settings.AXES_COOLOFF_TIME)
BOTH_STEPS = frozenset({"passkey", "single sign-on"})  # ways in that need no second step of ours


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Somebody who proved the first step."""

    member: Member
    by: str
    target: str


def safe_target(given: str) -> str:
    """Where to go after signing in: a page of ours, else the first one."""
    return (
        given
        if url_has_allowed_host_and_scheme(given, allowed_hosts=None)
        else resolve_url(settings.LOGIN_REDIRECT_URL)
    )


def first_step(request: HttpRequest, member: Member, *, by: str, target: str, now: datetime) -> str:
    """Take note of a proven first step; returns the address of what comes next."""
    with firm_scope(member.firm_id):
        second = by not in BOTH_STEPS and has_two_factor(member)
    if not second:
        enter(request, member, by=by, two=by in BOTH_STEPS, now=now)
        return target
    request.session.flush()  # neither its key nor what it held may be known to anybody else
    request.session[_HALF] = {
        "member": member.pk,
        "hash": member.get_session_auth_hash(),
        "by": by,
        "target": target,
        "until": (now + _LASTS).isoformat(),
        "tries": 0,
    }
    return reverse("sign-in-second")


def half_way(request: HttpRequest, *, now: datetime) -> HalfWay | None:
    """Who proved the first step a moment ago in this browser; None where nobody did or they must begin again."""
    kept = request.session.get(_HALF)
    if kept is None:
        return None
    member = MemberBackend().get_user(kept["member"])
    late = now > datetime.fromisoformat(kept["until"]) or kept["tries"] >= _TRIES
    if member is None or late or not hmac.compare_digest(kept["hash"], member.get_session_auth_hash()):
        request.session.pop(_HALF, None)
        return None
    return HalfWay(member, kept["by"], kept["target"])


def missed(request: HttpRequest) -> None:
    """One wrong code more."""
    kept = request.session.get(_HALF)
    if kept is not None:
        request.session[_HALF] = {**kept, "tries": kept["tries"] + 1}


def enter(request: HttpRequest, member: Member, *, by: str, two: bool, now: datetime) -> None:
    """Sign in for good, under a session key that nobody had before."""
    request.session.pop(_HALF, None)
    with firm_scope(member.firm_id):  # signing in writes the moment of it
        login(request, member, backend=BACKEND)
        detail = {"by": by, "two_factor": two}
        note(
            "sign_in.done", member=member, about=member.email, detail=detail, now=now, address=network_address(request)
        )
    request.session[TWO_FACTOR] = two
    request.session[PROVEN] = now.isoformat()


def note_pause(request: HttpRequest, email: str, *, now: datetime) -> None:
    """Put it into the log, once a pause, that there were too many attempts for a member."""
    if not getattr(request, "axes_locked_out", False):
        return
    member = member_anywhere(email)
    if member is None:
        return
    with firm_scope(member.firm_id):
        known = AuditEntry.objects.filter(about=member.email, did="sign_in.locked_out", at__gt=now - _PAUSE)
        if not known.exists():
            note("sign_in.locked_out", member=None, who="Somebody", about=member.email, now=now,
                 address=network_address(request))  # fmt: skip
