"""An account in one sentence: how many points more or fewer than before, and of what. Pure but for translation.

It never says of whom: lines name no person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from amends.insights.capital.kinds import counted, joined, number_word

_GROUPS = 3  # named in the sentence
_SAID = 50  # hundredths: what moves less is not worth a word


@dataclass(frozen=True, slots=True)
class Turn:
    """A moment within the period from which on the account went the other way."""

    day: date
    points: int  # more (or fewer, below zero) now than then
    call: bool = False


def change(points: int) -> str:
    """ "up 6", "down 18", "unchanged"."""
    if not points:
        return _("unchanged")
    return (_("up %(n)s") if points > 0 else _("down %(n)s")) % {"n": f"{abs(points):,}"}


def said_month(day: date, *, now: date) -> str:
    """ "May"; with its year where that is not plain."""
    return format_date(day, "F" if (now - day).days < 330 else "F Y")


def sentence(
    points: int, before: int, *, eve: date | None, today: date, lines: Sequence[tuple[str, int, int]], faded: int,
    waited: int | None = None, turn: Turn | None = None,
) -> str:  # fmt: skip
    """The account in words. `lines` are (kind, hundredths, turn); `waited` the days of the one complaint that nobody
    owned in time; `eve` the day of the opening, None where the account begins with the period."""
    went = points - before
    if not lines and not went and not points:
        return _("Nothing has been posted yet.")
    if eve is None:
        head = _("%(n)s points since it began") % {"n": f"{points:,}".replace("-", "−")}
    elif not went:
        head = _("As it was in %(month)s") % {"month": said_month(eve, now=today)}
    else:
        many = _("%(n)s point") if abs(went) == 1 else _("%(n)s points")
        how = _("%(points)s higher than in %(month)s") if went > 0 else _("%(points)s lower than in %(month)s")
        head = how % {"points": many % {"n": f"{abs(went):,}"}, "month": said_month(eve, now=today)}
    why = joined(_reasons(went or points, lines, faded, waited)) if went or eve is None else ""
    told = f"{head}: {why}" if why else head
    if turn is not None and turn.points:
        since = _("the call") if turn.call else format_date(turn.day, "j F")
        told += "; " + _("%(change)s since %(when)s") % {"change": change(turn.points), "when": since}
    return told + "."


def _reasons(went: int, lines: Sequence[tuple[str, int, int]], faded: int, waited: int | None) -> list[str]:
    """What moved it that way, the largest first; what was taken back cancels out."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for kind, amount, turn in lines:
        sums[kind][0] += amount
        sums[kind][1] += 1 if turn % 2 == 0 else -1
    complained, late = sums["complaint"], sums["owned_late"]
    if complained[1] == late[1] > 0:  # the same ones: said once
        late[0] += complained[0]
        del sums["complaint"]
    sign = 1 if went > 0 else -1
    sized = [
        (amount, _group(kind, count, waited)) for kind, (amount, count) in sums.items() if amount * sign > 0 < count
    ]
    if faded * sign >= _SAID:
        cost, earned = _("what it cost before has faded by %(n)s"), _("what was earned before has faded by %(n)s")
        sized.append((faded, (cost if faded > 0 else earned) % {"n": f"{abs(faded) / 100:,.0f}"}))
    sized.sort(key=lambda one: (-abs(one[0]), one[1]))
    return [words for _amount, words in sized[:_GROUPS]]


def _group(kind: str, count: int, waited: int | None) -> str:
    if kind == "owned_late" and count == 1 and waited:
        days = _("a day") if waited == 1 else _("%(n)s days") % {"n": number_word(waited)}
        return _("a complaint nobody owned for %(days)s") % {"days": days}
    return counted(kind, count)
