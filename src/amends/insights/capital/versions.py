"""The versions of the policy: what each line is worth, who wrote it when and why, and what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist

from amends.capital.models import PolicyVersion
from amends.capital.policy import KINDS, Policy, read, shipped
from amends.firm.models import Member
from amends.insights.capital.kinds import kind_name

_AS_IT_COMES = 1


class NoSuchVersion(ObjectDoesNotExist):
    """There is no version of this number."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A line that another version gives another amount, in hundredths of a point; 0 where it has no such line."""

    kind: str
    before: int
    after: int

    @property
    def name(self) -> str:
        """The kind in words."""
        return kind_name(self.kind)


@dataclass(frozen=True, slots=True)
class Version:
    """One version; `at` is None where nothing was posted yet, and the shipped one will hold."""

    number: int
    policy: Policy
    text: str
    why: str
    by: str
    at: datetime | None
    changed: list[Changed]
    half_life_before: int | None  # days, where it is another one than before


def versions() -> list[Version]:
    """Every version, the one that holds first. Two queries."""
    rows = list(PolicyVersion.objects.order_by("number"))
    if not rows:
        return [Version(_AS_IT_COMES, read(shipped()), shipped(), "", "", None, [], None)]
    writers = {row.by for row in rows if row.by}
    names = dict(Member.objects.filter(public_id__in=writers).values_list("public_id", "name"))
    found = []
    for before, row in zip([None, *rows], rows, strict=False):
        policy, earlier = read(row.text), read(before.text) if before else None
        found.append(Version(
            row.number, policy, row.text, row.why, names.get(row.by, "") if row.by else "", row.at,
            differences(earlier, policy) if earlier else [],
            earlier.half_life_days if earlier and earlier.half_life_days != policy.half_life_days else None,
        ))  # fmt: skip
    return found[::-1]


def version(number: int) -> Version:
    """One of them. Raises `NoSuchVersion`."""
    for one in versions():
        if one.number == number:
            return one
    raise NoSuchVersion(number)


def differences(before: Policy, after: Policy) -> list[Changed]:
    """The lines whose amount is another one, in the order of the shipped policy."""
    pairs = ((kind, _amount(before, kind), _amount(after, kind)) for kind in KINDS)
    return [Changed(kind, one, other) for kind, one, other in pairs if one != other]


def _amount(policy: Policy, kind: str) -> int:
    line = policy.lines.get(kind)
    return line.amount if line else 0
