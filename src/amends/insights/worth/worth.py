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
    """One client. `lines` has a line for each currency, the firm's own first; none where nothing says what they are
    worth. `own` outcomes of the firm were there to learn from, and count where `learned`."""

    client: int
    known: Known
    chance: Chance
    steps: list[Step]
    effect: Effect
    valued: list[Valued]
    lines: list[Line]
    renews_on: date | None
    own: int
    learned: bool

    @property
    def line(self) -> Line | None:
        """The one to be told where there is room for one."""
        return self.lines[0] if self.lines else None

    @property
    def needed(self) -> int:
        """From how many outcomes on the firm's own count."""
        return ENOUGH

    @property
    def per_hundred(self) -> int:
        """How many of a hundred such clients renew."""
        return round(100 * self.chance.p)


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
    chance = model.chance(known)
    gain, least, most = model.gain(known, points)
    effect = Effect(points, min(1.0, chance.p + gain), gain, least, most)
    counting = [one for one in valued if one.counts]
    return Worth(
        client=client,
        known=known,
        chance=chance,
        steps=model.steps(known),
        effect=effect,
        valued=valued,
        lines=[_line(yearly, chance, effect) for yearly in added(counting, currency=currency)],
        renews_on=next_renewal(valued, today=today),
        own=model.own,
        learned=model.learned,
    )


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
