"""What each role may do. Pure; who may read which mail is a matter of mailboxes, not of roles (`mail.queries`)."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """One thing that some members may do and others not."""

    READ_MAIL = "read_mail"  # at all; which mail is up to each mailbox
    SEE_MONEY = "see_money"  # values of engagements, rates, costs
    ACT = "act"  # own, answer, correct, send, curate clients
    CURATE = "curate"  # merge, split and close; change clients and engagements
    DECIDE = "decide"  # approvals, closing without the client's yes
    ADMINISTER = "administer"  # members, mailboxes, settings, jobs, the audit log


_STAFF = frozenset({Right.READ_MAIL, Right.ACT})
_MANAGER = _STAFF | {Right.CURATE, Right.SEE_MONEY}
_RIGHTS = {
    "staff": _STAFF,
    "account_manager": _MANAGER,
    "partner": _MANAGER | {Right.DECIDE},
    "administrator": _MANAGER | {Right.DECIDE, Right.ADMINISTER},
    "finance_viewer": frozenset({Right.SEE_MONEY}),
}


def may(role: str, right: Right) -> bool:
    """Has this role this right; an unknown role has none."""
    return right in _RIGHTS.get(role, frozenset())


class Scope(StrEnum):
    """What an access token was given for; its member's role must allow it too, at each request."""

    READ_CLIENTS = "read:clients"
    READ_MAIL = "read:mail"
    READ_SIGNALS = "read:signals"
    WRITE_SIGNALS = "write:signals"
    READ_PROMISES = "read:promises"
    WRITE_PROMISES = "write:promises"
    READ_ENGAGEMENTS = "read:engagements"
    WRITE_ENGAGEMENTS = "write:engagements"
    READ_TIME = "read:time"
    READ_IMPORTS = "read:imports"
    CHECK = "check"
    READ_RECOVERIES = "read:recoveries"
    WRITE_RECOVERIES = "write:recoveries"
    READ_CAPITAL = "read:capital"
    WRITE_CAPITAL = "write:capital"
    READ_DRILLS = "read:drills"
    WRITE_DRILLS = "write:drills"


_SCOPES = {
    Scope.READ_MAIL: Right.READ_MAIL,
    Scope.READ_SIGNALS: Right.READ_MAIL,
    Scope.WRITE_SIGNALS: Right.ACT,
    Scope.READ_PROMISES: Right.READ_MAIL,
    Scope.WRITE_PROMISES: Right.ACT,
    Scope.WRITE_ENGAGEMENTS: Right.CURATE,
    Scope.READ_IMPORTS: Right.READ_MAIL,
    Scope.CHECK: Right.ACT,
    Scope.READ_RECOVERIES: Right.READ_MAIL,
    Scope.WRITE_RECOVERIES: Right.ACT,
    Scope.WRITE_CAPITAL: Right.ADMINISTER,
    Scope.READ_DRILLS: Right.ACT,
    Scope.WRITE_DRILLS: Right.ACT,
}


def may_use(role: str, scope: Scope) -> bool:
    """Does this role allow what this scope is for; clients, engagements, time and capital are open to every member."""
    right = _SCOPES.get(scope)
    return role in _RIGHTS and (right is None or may(role, right))


def scopes_for(role: str) -> list[Scope]:
    """The scopes that a member of this role may give to a token, in their order."""
    return [scope for scope in Scope if may_use(role, scope)]
