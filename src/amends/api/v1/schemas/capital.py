"""Statements and balances."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, Literal

from pydantic import Field

from amends.api.v1.schemas.clients import ClientRef
from amends.api.v1.schemas.common import Moment, Money, Out
from amends.core.money import Money as Amount
from amends.insights.capital.portfolio import Held, Portfolio
from amends.insights.capital.sheets import points
from amends.insights.capital.statement import Entry, Statement


class PostingEvidenceOut(Out):
    """What a posting rests on."""

    kind: str = Field(description="message, promise, recovery, remedy …")
    id: uuid.UUID | None = Field(description="Null where it is closed to you, or was erased")
    state: Literal["open", "closed", "erased", "elsewhere"]
    quote: str = Field(description="Words of the client, or of ours, where you may read them")


class PostingOut(Out):
    """One line of an account."""

    id: uuid.UUID
    at: Moment
    recorded_at: Moment
    amount: float = Field(description="Points, of two decimals; more is better")
    kind: str
    taken_back: bool = Field(description="It takes back an earlier one")
    rule: str
    policy: int = Field(description="Version of the policy")
    why: str
    evidence: PostingEvidenceOut

    @classmethod
    def of(cls, entry: Entry) -> PostingOut:
        line, proof = entry.line, entry.proof
        return cls(
            id=line.public_id, at=line.effective_at, recorded_at=line.recorded_at, amount=points(line.amount),
            kind=line.kind, taken_back=entry.back, rule=f"line.{line.kind}", policy=entry.policy, why=entry.why,
            evidence=PostingEvidenceOut(
                kind=line.evidence_kind, id=proof.id, state=proof.state.value, quote=proof.quote or proof.words
            ),
        )  # fmt: skip


class StatementOut(Out):
    """An account over a period; `opening`, the postings' amounts and `faded` make `closing`."""

    client: ClientRef
    first: date
    last: date
    opening: float
    postings: list[PostingOut] = Field(description="Oldest first")
    faded: float
    closing: float
    balance: int = Field(description="Whole points at the end, within the range that is shown")
    trend: int = Field(description="How many more than at the opening")
    sentence: str
    value_at_risk: dict[str, Any] | None

    @classmethod
    def of(cls, found: Statement) -> StatementOut:
        return cls(
            client=ClientRef(id=found.client.public_id, name=found.client.name), first=found.first, last=found.last,
            opening=points(found.opening), postings=[PostingOut.of(entry) for entry in reversed(found.entries)],
            faded=points(found.faded), closing=points(found.closing), balance=found.points, trend=found.trend,
            sentence=found.sentence, value_at_risk=found.value_at_risk,
        )  # fmt: skip


class BalanceOut(Out):
    """One client's account."""

    client: ClientRef
    balance: int | None = Field(description="Null where nothing was ever posted")
    trend: int | None
    yearly_value: Money | None = Field(description="Null where it is not known, or your role sees no money")
    renews_on: date | None

    @classmethod
    def of(cls, held: Held, currency: str) -> BalanceOut:
        value = Amount(held.value, currency).amount if held.value is not None else None
        return cls(
            client=ClientRef(id=held.public_id, name=held.name), balance=held.points, trend=held.trend,
            yearly_value=value, renews_on=held.renews_on,
        )  # fmt: skip


class PortfolioOut(Out):
    """Every client; trends are against the end of the day `since`."""

    since: date | None
    currency: str
    items: list[BalanceOut]

    @classmethod
    def of(cls, found: Portfolio) -> PortfolioOut:
        items = [BalanceOut.of(one, found.currency) for one in found.rows]
        return cls(since=found.since, currency=found.currency, items=items)
