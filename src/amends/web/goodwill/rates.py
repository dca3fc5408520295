"""The chart of claims by kind of work: a bar each, labelled where it stands, and one sentence. Pure but for words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from amends.insights.goodwill.guarantees import Rate

_MOST = 8  # kinds that are drawn; a table below tells of all
_STEP, _LABEL, _WIDE = 40, 18, 480


@dataclass(frozen=True, slots=True)
class Bar:
    """One kind of work: where its bar stands and how long it is, in units of the drawing."""

    name: str
    said: str
    y: int
    text_y: int
    width: float


@dataclass(frozen=True, slots=True)
class RateChart:
    """Bars over the whole width, which stands for every engagement of a kind."""

    bars: list[Bar]
    width: int
    height: int
    sentence: str


def rate_chart(rates: Sequence[Rate]) -> RateChart | None:
    """The chart; None where nobody claimed anything."""
    shown = [one for one in rates if one.claims][:_MOST]
    if not shown:
        return None
    bars = [
        Bar(
            kind_name(one), _("%(n)d of %(all)d") % {"n": one.claimed, "all": one.engagements}, at * _STEP + _LABEL,
            at * _STEP + _LABEL - 5, round(_WIDE * one.share, 1),
        )
        for at, one in enumerate(shown)
    ]  # fmt: skip
    return RateChart(bars, _WIDE, len(bars) * _STEP, _sentence(shown[0]))


def kind_name(rate: Rate) -> str:
    """What a kind of work is called."""
    return rate.kind or _("kind not said")


def _sentence(first: Rate) -> str:
    return _("Most often on %(kind)s: somebody claimed on %(n)d of %(all)d engagements. Fewer is better.") % {
        "kind": kind_name(first), "n": first.claimed, "all": first.engagements,
    }  # fmt: skip
