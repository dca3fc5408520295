"""What each role may do, in words; told from the same table that decides it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from amends.firm.models import Role
from amends.firm.rules import Right, may


@dataclass(frozen=True, slots=True)
class Told:
    """A role, and for each right whether it has it."""

    name: str
    rights: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Roles:
    """The table: what the rights are called, and the roles."""

    rights: list[str]
    roles: list[Told]


def told_roles() -> Roles:
    """Roles from the one that may least to the one that may all."""
    names = {
        Right.READ_MAIL: _("Read mail"),
        Right.SEE_MONEY: _("See money"),
        Right.ACT: _("Own, answer, correct"),
        Right.CURATE: _("Change clients"),
        Right.DECIDE: _("Decide, approve"),
        Right.ADMINISTER: _("Administer"),
    }
    roles = sorted(Role, key=lambda role: sum(may(role, right) for right in Right))
    return Roles(
        list(names.values()),
        [Told(str(role.label), [(name, may(role, right)) for right, name in names.items()]) for role in roles],
    )
