"""How good each rule of the check is in use: what people made of its findings, and which they would rather not see.

Precision in use is the share of decided findings that nobody dismissed as wrong; "true, and right here" is no error of
the rule. The interval is Wilson's at 95 % (Wilson 1927): it stays honest where few findings were decided.

A change is proposed, never made: where at least `ENOUGH` findings were decided and even the upper end of the interval
lies under `GOOD`, the rule is very probably less precise than the check promises to be. Under `HALF` it is more often
wrong than right, and to be silenced; above, it is to weigh one step less.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Count

from amends.judgement.guard import rules
from amends.outbox.models import Choice, Made, Reaction, Reason, RuleChoice

ENOUGH = 10
GOOD = 0.9
HALF = 0.5
_Z = 1.959964  # 95 %
_LESS: Mapping[str, str] = {Choice.STOP: Choice.WARN, Choice.WARN: Choice.ADVICE, Choice.ADVICE: Choice.OFF}

Proposal = Literal["", "off", "advice", "warn"]


@dataclass(frozen=True, slots=True)
class RuleUse:
    """One rule: how it weighs at the firm, what was made of its findings, and what is proposed ("" for nothing).

    `precision` and the interval from `low` to `high` are None where nothing was decided.
    """

    rule: str
    family: str
    weighs: str
    taken: int
    reworded: int
    sent: int
    wrong: int
    fits: int
    other: int
    precision: float | None
    low: float | None
    high: float | None
    proposal: Proposal

    @property
    def dismissed(self) -> int:
        """For whatever reason."""
        return self.wrong + self.fits + self.other

    @property
    def decided(self) -> int:
        """How many findings somebody made something of."""
        return self.taken + self.reworded + self.sent + self.dismissed


def report(*, since: datetime | None = None) -> list[RuleUse]:
    """Every rule of the check in the firm in scope, those with the most decisions first. Two queries."""
    rows = Reaction.objects.all() if since is None else Reaction.objects.filter(at__gte=since)
    counts: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for rule, made, reason, number in rows.order_by().values_list("rule", "made", "reason").annotate(n=Count("pk")):
        counts[rule][made, reason] = number
    chosen = dict(RuleChoice.objects.values_list("name", "choice"))
    found = [
        _use(rule.id, rule.family, chosen.get(rule.id) or chosen.get(rule.family) or rule.severity, counts[rule.id])
        for rule in rules().values()
    ]
    return sorted(found, key=lambda one: (-one.decided, one.rule))


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % score interval of a share of which `right` of `of` were seen; `of` is at least 1."""
    share, square = right / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _use(rule: str, family: str, weighs: str, counts: Mapping[tuple[str, str], int]) -> RuleUse:
    def made(what: Made) -> int:
        return sum(number for (one, _), number in counts.items() if one == what)

    wrong, fits = counts.get((Made.DISMISSED, Reason.WRONG), 0), counts.get((Made.DISMISSED, Reason.FITS), 0)
    dismissed, decided = made(Made.DISMISSED), sum(counts.values())
    low, high = wilson(decided - wrong, decided) if decided else (None, None)
    return RuleUse(
        rule, family, weighs, made(Made.ACCEPTED), made(Made.REWORDED), made(Made.SENT), wrong, fits,
        dismissed - wrong - fits, (decided - wrong) / decided if decided else None, low, high,
        _proposal(weighs, decided, high),
    )  # fmt: skip


def _proposal(weighs: str, decided: int, high: float | None) -> Proposal:
    if weighs == Choice.OFF or high is None or decided < ENOUGH or high >= GOOD:
        return ""
    less = Choice.OFF if high < HALF else _LESS[weighs]
    return "off" if less == Choice.OFF else "advice" if less == Choice.ADVICE else "warn"
