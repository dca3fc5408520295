"""What a client is worth a year, how likely they renew, what is at risk, and what a remedy may change.

**Value at risk** is the yearly value times the chance that it is not renewed: what would be lost on average among
clients of whom the same is known. It says nothing about one client that is certain, and the ranking of *Today* never
looks at it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from amends.capital.policy import Policy, read, shipped
from amends.capital.queries import Balance, balances, policy_in_force
from amends.core.money import Money
from amends.firm.queries import firm_in_scope
from amends.insights.worth.outcomes import known_live, outcomes
from amends.insights.worth.values import Valued, added, next_renewal, share_of, valued_of
from amends.judgement.renewal import ENOUGH, Chance, Known, Model, Step, fitted

REMEDY = "recovery_yes"
"""The line of the policy that a remedy is reckoned by: the client says that it is right now."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What it would change if the client said that it is right now: so many points more, and what chance that makes.

    `gain` is what the chance rises by; between `least` and `most` in eight of ten.
    """

    points: float
    p: float
    gain: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Line:
    """The value in one currency: a year of it, what of that is at risk, and what a remedy may save; each in a range."""

    yearly: Money
    at_risk: Money
    low: Money
    high: Money
    saves: Money
    saves_low: Money
    saves_high: Money


@dataclass(frozen=True, slots=True)
class Worth:
    """One client. `yearly` is what they are worth a year in each currency, the firm's own first; none where nothing
    says so. `remedy` is the points that the policy gives where the client says that it is right now."""

    client: int
    known: Known
    model: Model
    chance: Chance
    valued: list[Valued]
    yearly: list[Money]
    renews_on: date | None
    remedy: float

    @property
    def own(self) -> int:
        """How many outcomes of the firm's own there were to learn from."""
        return self.model.own

    @property
    def learned(self) -> bool:
        """Whether they count."""
        return self.model.learned

    @property
    def needed(self) -> int:
        """From how many on they count."""
        return ENOUGH

    @property
    def steps(self) -> list[Step]:
        """How the chance comes about."""
        return self.model.steps(self.known)

    @property
    def per_hundred(self) -> int:
        """How many of a hundred such clients renew."""
        return round(100 * self.chance.p)

    @property
    def at_risk(self) -> Money | None:
        """What of the first currency is at risk; None where nothing says what they are worth."""
        return share_of(self.yearly[0], 1 - self.chance.p) if self.yearly else None

    @property
    def effect(self) -> Effect:
        """What a remedy may change."""
        gain, least, most = self.model.gain(self.known, self.remedy)
        return Effect(self.remedy, min(1.0, self.chance.p + gain), gain, least, most)

    @property
    def lines(self) -> list[Line]:
        """What is at risk in each currency, in a range, and what a remedy may save."""
        effect = self.effect
        return [_line(each, self.chance, effect) for each in self.yearly]


def worth_of(
    clients: Collection[int], *, balances: Mapping[int, Balance], now: datetime, model: Model | None = None
) -> dict[int, Worth]:
    """What these clients (primary keys) are worth, `balances` being those of now; however many, in as many queries.

    A client without a balance has 0; `model` is learned from the firm's outcomes where none is given. For members who
    may see money: callers ask.
    """
    if not clients:
        return {}
    firm = firm_in_scope()
    today = now.astimezone(ZoneInfo(firm.timezone)).date()
    model = model or fitted(outcomes(today=today))
    valued = valued_of(clients, currency=firm.currency, today=today)
    live = known_live([(client, today) for client in clients])
    points = remedy_points(policy_in_force() or read(shipped()))
    return {
        client: worth(
            client,
            Known(balances[client].exact / 100 if client in balances else 0.0, *live[client, today]),
            valued.get(client, []),
            model=model,
            points=points,
            currency=firm.currency,
            today=today,
        )
        for client in clients
    }


def worth_now(client: int, *, now: datetime) -> Worth:
    """The same for one client (primary key), with the balance of now."""
    return worth_of([client], balances=balances([client], at=now, now=now), now=now)[client]


def worth(
    client: int, known: Known, valued: list[Valued], *, model: Model, points: float, currency: str, today: date
) -> Worth:
    """The same from what is known; pure."""
    yearly = added(valued, currency=currency)
    return Worth(client, known, model, model.chance(known), valued, yearly, next_renewal(valued, today=today), points)


def remedy_points(policy: Policy) -> float:
    """What the policy gives for a recovery that the client confirmed; 0 where it has no such line."""
    line = policy.lines.get(REMEDY)
    return line.amount / 100 if line else 0.0


def _line(yearly: Money, chance: Chance, effect: Effect) -> Line:
    return Line(
        yearly=yearly,
        at_risk=share_of(yearly, 1 - chance.p),
        low=share_of(yearly, 1 - chance.high),
        high=share_of(yearly, 1 - chance.low),
        saves=share_of(yearly, effect.gain),
        saves_low=share_of(yearly, effect.least),
        saves_high=share_of(yearly, effect.most),
    )
