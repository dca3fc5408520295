"""Policies, and previews of them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from amends.api.v1.schemas.clients import ClientRef
from amends.api.v1.schemas.common import NO_NUL, In, Moment, Out
from amends.capital.policy import LONGEST
from amends.insights.capital.preview import Preview
from amends.insights.capital.sheets import points
from amends.insights.capital.versions import Version

Text = Annotated[str, Field(max_length=LONGEST, pattern=NO_NUL, description="TOML, as the shipped policy is")]
Why = Annotated[str, Field(max_length=500, pattern=NO_NUL)]
_MOST_NUMBER = 1_000_000


class PolicyVersionOut(Out):
    """One version of the policy."""

    number: int
    at: Moment | None = Field(description="Since when it holds; null where nothing was posted yet")
    why: str
    by: str | None = Field(description="Who adopted it; null where nobody did, or they are gone")
    half_life_days: int
    lowest: int = Field(description="From here to `highest` balances are shown, in points")
    highest: int

    @classmethod
    def of(cls, one: Version) -> PolicyVersionOut:
        return cls(**_version(one))


class PolicyLineOut(Out):
    """What one kind of event is worth."""

    kind: str
    amount: float = Field(description="Points, of two decimals; more is better")
    reason: str
    source: str


class PolicyOut(PolicyVersionOut):
    """One version with its lines, and as it was written."""

    lines: list[PolicyLineOut]
    text: str = Field(description="TOML")

    @classmethod
    def of(cls, one: Version) -> PolicyOut:
        lines = [
            PolicyLineOut(kind=line.kind, amount=points(line.amount), reason=line.reason, source=line.source)
            for line in one.policy.lines.values()
        ]
        return cls(**_version(one), lines=lines, text=one.text)


class PoliciesOut(Out):
    """All versions, the newest first."""

    items: list[PolicyVersionOut]


class PolicyGiven(In):
    """A policy to look at."""

    text: Text


class PolicyNew(In):
    """A policy to adopt."""

    text: Text
    why: Why = Field(description="Why it changes")
    after: int = Field(ge=1, le=_MOST_NUMBER, description="The version that holds now, as you saw it")


class PreviewClientOut(Out):
    """One client's balance, in whole points as shown."""

    client: ClientRef
    balance: int
    would_be: int


class PreviewKindOut(Out):
    """What one kind of event makes of all balances today, in points."""

    kind: str
    now: float
    would_be: float


class PolicyPreviewOut(Out):
    """Every balance, the largest differences first."""

    postings: int
    missing: list[str] = Field(
        description="Kinds to which an earlier version gave nothing: what happened then was never posted, nor counted"
    )
    clients: list[PreviewClientOut]
    kinds: list[PreviewKindOut]

    @classmethod
    def of(cls, found: Preview) -> PolicyPreviewOut:
        return cls(
            postings=found.postings, missing=found.missing,
            clients=[
                PreviewClientOut(client=ClientRef(id=one.id, name=one.name), balance=one.now, would_be=one.then)
                for one in found.clients
            ],
            kinds=[
                PreviewKindOut(kind=one.kind, now=points(one.now), would_be=points(one.then)) for one in found.kinds
            ],
        )  # fmt: skip


def _version(one: Version) -> dict[str, Any]:
    return {
        "number": one.number, "at": one.at, "why": one.why, "by": one.by or None,
        "half_life_days": one.policy.half_life_days, "lowest": one.policy.lowest, "highest": one.policy.highest,
    }  # fmt: skip
