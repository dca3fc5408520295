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
