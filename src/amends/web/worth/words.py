"""What a client means in money, in words and as places on a line from 0 to 100."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.core.money import Money
from amends.insights.worth import Worth
from amends.insights.worth.page import WorthPage
from amends.judgement.renewal import Group, Step
from amends.web.model.figures import WIDTH, Strip

_EDGE = 8
_MANY = 100  # outcomes, from which on being closer is more than luck may do


@dataclass(frozen=True, slots=True)
class Told:
    """One thing and what it makes of the chance: so many in a hundred, so many more or fewer than before."""

    title: str
    says: str
    per_hundred: int
    change: str
    dot: float
    start: float  # of the line from what it was before
    span: float


def steps(worth: Worth) -> list[Told]:
    """How the chance comes about, one thing after the other."""
    found, before = [], None
    for step in worth.steps:
        title, says = _step(step, worth)
        now, was = _place(step.p), _place(before if before is not None else step.p)
        found.append(
            Told(
                title, says, round(100 * step.p), _change(before, step.p), now, min(now, was), round(abs(now - was), 1)
            )
        )
        before = step.p
    return found


def _step(step: Step, worth: Worth) -> tuple[str, str]:
    match step.name:
        case "assumed":
            return _("A general assumption"), _(
                "At a balance of 0, 80 of 100 clients are taken to renew. Trade surveys of agencies tell of 60 to 90."
            )
        case "own":
            return _("Your own %(n)s renewals") % {"n": worth.own}, _(
                "What became of them outweighs the assumption the more, the more there are."
            )
        case "balance":
            return _("A balance of %(points)s") % {"points": points(worth.known.points)}, _(
                "More points never make a renewal less likely. How much a point counts is the least certain part."
            )
        case "leaving":
            return _("They said that they think of leaving"), _("In the last 90 days, beyond what it cost in points.")
        case _:
            return _("They are unusually quiet"), _("For longer than is usual for them, beyond what it cost in points.")


def points(value: float) -> str:
    """Points of a balance, with a sign that is no hyphen."""
    whole = round(value)
    return f"−{-whole}" if whole < 0 else str(whole)


def _change(before: float | None, now: float) -> str:
    if before is None:
        return ""
    by = round(100 * now) - round(100 * before)
    if not by:
        return _("as before")
    return (_("up %(n)s") if by > 0 else _("down %(n)s")) % {"n": abs(by)}


def basis(worth: Worth) -> str:
    """What the chance rests on."""
    if worth.learned:
        return _("From a general assumption and your own %(n)s renewals.") % {"n": worth.own}
    if not worth.own:
        return _(
            "From a general assumption alone: none of your own renewals has an outcome on record yet. "
            "From %(needed)s on they count."
        ) % {"needed": worth.needed}
    return ngettext(
        "From a general assumption; your own %(n)s renewal is too little yet, from %(needed)s on they count.",
        "From a general assumption; your own %(n)s renewals are too few yet, from %(needed)s on they count.",
        worth.own,
    ) % {"n": worth.own, "needed": worth.needed}


@dataclass(frozen=True, slots=True)
class Value:
    """One engagement: what of it counts a year, and why."""

    id: object
    name: str
    yearly: Money | None
    how: str
    renews_on: date | None


def values(worth: Worth) -> list[Value]:
    """The open engagements, each with how it counts."""
    how = {
        "yearly": _("its value a year"),
        "whole": _("its value in all; it takes no longer than a year"),
        "spread": _("its value in all, spread over its years"),
        "ended": _("its last day has passed: it counts nothing"),
        "none": _("nobody has said what it is worth"),
    }
    return [
        Value(one.engagement, one.name, one.yearly if one.counts else None, how[one.how], one.renews_on)
        for one in worth.valued
    ]


@dataclass(frozen=True, slots=True)
class Tried:
    """Forecasts of about one height beside what came true; drawn as the figures of the model are."""

    title: str
    says: str
    value: float
    low: float
    high: float
    peers: list[tuple[str, float]]
    strip: Strip


def forecasts(found: WorthPage) -> list[Tried]:
    """Past forecasts by height, the likeliest first."""
    return [_tried(group) for group in reversed(found.groups)]


def _tried(group: Group) -> Tried:
    title = _("said %(low)s to %(high)s in 100") % {"low": round(100 * group.low), "high": round(100 * group.high)}
    says = ngettext("%(came)s of %(n)s renewed", "%(came)s of %(n)s renewed", group.count) % {
        "came": round(group.came * group.count),
        "n": group.count,
    }
    strip = Strip(_place(group.came), _place(group.least), _place(group.most), [_place(group.said)])
    return Tried(title, says, group.came, group.least, group.most, [(_("said"), group.said)], strip)


def verdict(found: WorthPage) -> str:
    """Whether the forecasts were better than always saying the same; only where there are enough to say so."""
    if found.error is None or found.blind is None or found.outcomes < found.worth.needed:
        return ""
    if found.error >= found.blind:
        return _(
            "They were no closer to what came true than always saying what share of your clients renews: "
            "trust your own judgement more than this number."
        )
    closer = _("They were closer to what came true than always saying what share of your clients renews.")
    return closer if found.outcomes >= _MANY else f"{closer} {_('With so few, that is no proof.')}"


def _place(share: float) -> float:
    return round(_EDGE + (WIDTH - 2 * _EDGE) * min(1.0, max(0.0, share)), 1)
