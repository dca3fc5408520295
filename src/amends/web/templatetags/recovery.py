"""Tags of the pages of recoveries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from django import template
from django.utils.dateformat import format as format_date

from amends.insights.recovery.page import Gap
from amends.web import words as looks
from amends.web.recovery import words

register = template.Library()
_LETTERS = 2


@register.filter
def missing(gaps: Sequence[Gap]) -> str:
    """What is still missing, in one line."""
    return words.gaps(gaps)


@register.filter
def trade_name(trade: str) -> str:
    """ "Design"; "PR", where it is letters."""
    return trade.upper() if len(trade) <= _LETTERS else trade[:1].upper() + trade[1:]


@register.filter
def clock_name(clock: str) -> str:
    """What a clock is called."""
    return words.clock(clock)


@register.filter
def of(values: Mapping[str, Sequence[str]], key: str) -> Sequence[str]:
    """What a mapping holds under a key that a template knows as a value."""
    return values.get(key, ())


@register.filter
def days_query(label: str) -> str:
    """The days of a time report, as its address takes them."""
    days = _days(label)
    return f"&{urlencode({'from': days[0].isoformat(), 'to': days[1].isoformat()})}" if days else ""


@register.filter
def days_said(label: str) -> str:
    """ "1 March 2026 to 14 March 2026"."""
    days = _days(label)
    return f"{format_date(days[0], 'j F Y')} – {format_date(days[1], 'j F Y')}" if days else label


def _days(label: str) -> tuple[date, date] | None:
    first, _, last = label.partition("/")
    try:
        return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None


@register.filter
def sounds(feeling: str) -> looks.Feeling | None:
    """How somebody who feels so sounds."""
    return looks.sound(feeling)
