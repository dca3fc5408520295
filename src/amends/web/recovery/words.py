"""How a recovery reads: what is missing, as a person would say it, and what its clocks are called."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.insights.recovery.page import Gap
from amends.recovery.rules import Clock, Missing


def gap(one: Gap) -> str:
    """ "a date for point 2"."""
    if one.points:
        told = _for_points(one)
        if told:
            return told
    return _words()[one.what]


def gaps(ones: Sequence[Gap]) -> str:
    """All of them in one line: "a first reply, a date for point 2"."""
    return ", ".join(gap(one) for one in ones)


def _words() -> dict[Missing, str]:
    return {
        Missing.OWNER: _("somebody who owns it"),
        Missing.FIRST_REPLY: _("a first reply"),
        Missing.ISSUES: _("what they say is wrong"),
        Missing.QUOTES: _("their words"),
        Missing.WANTED: _("what would put it right"),
        Missing.FINDINGS: _("what happened"),
        Missing.RESPONSIBILITY: _("whose responsibility it was"),
        Missing.ACTIONS: _("what we do"),
        Missing.DATES: _("a date"),
        Missing.TOLD: _("telling them: the brief or a call"),
        Missing.REMEDY: _("a remedy that was agreed"),
        Missing.APPROVAL: _("an approval"),
        Missing.DONE: _("doing what was agreed"),
        Missing.PROMISES: _("keeping what was promised"),
        Missing.ROOT_CAUSE: _("the root cause"),
        Missing.FAILURE_MODE: _("which failure mode it was"),
        Missing.KEPT_WORD: _("whether we kept our word"),
        Missing.ASK: _("asking whether it is right now"),
        Missing.YES: _("their yes"),
    }


def _for_points(one: Gap) -> str:
    n, which = len(one.points), _numbers(one.points)
    said = {
        Missing.QUOTES: ngettext("their words for point %(p)s", "their words for points %(p)s", n),
        Missing.FINDINGS: ngettext("what happened for point %(p)s", "what happened for points %(p)s", n),
        Missing.RESPONSIBILITY: ngettext("whose point %(p)s was", "whose points %(p)s were", n),
        Missing.ACTIONS: ngettext("what we do about point %(p)s", "what we do about points %(p)s", n),
        Missing.DATES: ngettext("a date for point %(p)s", "dates for points %(p)s", n),
    }
    return said[one.what] % {"p": which} if one.what in said else ""


def _numbers(points: Sequence[int]) -> str:
    """ "2", "2 and 3", "1, 2 and 3", "1 to 9"."""
    if len(points) > 3 and points[-1] - points[0] == len(points) - 1:
        return _("%(first)s to %(last)s") % {"first": points[0], "last": points[-1]}
    if len(points) == 1:
        return str(points[0])
    return _("%(some)s and %(last)s") % {"some": ", ".join(map(str, points[:-1])), "last": points[-1]}


def clock(name: str) -> str:
    """What a clock is called."""
    return {
        Clock.OWN: _("own it"),
        Clock.REPLY: _("first reply"),
        Clock.ANSWER: _("answer"),
        Clock.MAKE_GOOD: _("make good"),
    }[Clock(name)]
