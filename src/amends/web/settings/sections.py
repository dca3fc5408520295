"""The pages of the settings, in their order: one line adds one. `shell` gives them to the templates."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from amends.firm.models import Member
from amends.firm.rules import Right, may


class Section(NamedTuple):
    """One page: the name of its address, what it is called, and the right without which it is not shown."""

    name: str
    title: Promise
    right: Right | None = None  # None: everybody's own


SECTIONS: tuple[Section, ...] = (
    Section("settings", _("Firm"), Right.ADMINISTER),
    Section("members", _("Members"), Right.ADMINISTER),
    Section("budgets", _("Authority and budgets"), Right.ADMINISTER),
    Section("mailboxes", _("Mailboxes"), Right.READ_MAIL),
    Section("sending", _("Sending"), Right.ACT),
    Section("check-rules", _("The check"), Right.ACT),
    Section("services", _("What we do"), Right.ACT),
    Section("suppliers", _("Suppliers"), Right.ACT),
    Section("recovery-clocks", _("Recoveries"), Right.ADMINISTER),
    Section("policy", _("Capital policy")),
    Section("manners", _("Goodwill"), Right.ADMINISTER),
    Section("jobs", _("Jobs"), Right.ADMINISTER),
    Section("webhooks", _("Webhooks"), Right.ADMINISTER),
    Section("audit", _("Audit"), Right.ADMINISTER),
    Section("model", _("Model")),
    Section("you", _("You")),
    Section("budget", _("Your budget"), Right.ACT),
    Section("tokens", _("Access tokens")),
)
NAMES = frozenset(section.name for section in SECTIONS)


def sections_for(member: Member) -> list[Section]:
    """Those that this member may open."""
    return [section for section in SECTIONS if section.right is None or may(member.role, section.right)]
