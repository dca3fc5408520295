"""Tags for hours, money and the dates of engagements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString

from amends.web import dates, work_charts

register = template.Library()
_CENT = Decimal("0.01")


register.filter("hours", work_charts.hours)


@register.simple_tag
def money(amount: Decimal | None, currency: str) -> str:
    """ "12,500.50 EUR", without cents where there are none."""
    if amount is None:
        return ""
    cents = amount.quantize(_CENT, ROUND_HALF_UP)
    text = f"{cents:,.2f}".removesuffix(".00")
    return f"{text} {currency}"


@register.simple_tag
def on_day(day: date | None, style: str = "j F Y") -> SafeString | str:
    """A day in <time>, as "9 March 2026"."""
    if day is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), format_date(day, style))


@register.simple_tag
def renews(day: date, now: datetime) -> SafeString:
    """ "renews Thursday 12 March, in 5 weeks"."""
    today = now.astimezone(timezone.get_current_timezone()).date()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        day.isoformat(),
        format_date(day, "l j F Y"),
        dates.renewal(day, today=today),
    )


@register.inclusion_tag("shell/hour_spark.html")
def hour_spark(weeks: Sequence[int]) -> dict[str, object]:
    """A word-sized chart of the hours on an engagement."""
    return {"spark": work_charts.hour_spark(weeks)}


@register.filter(name="any")
def anything(values: Sequence[int]) -> bool:
    """Whether any of these is more than nothing."""
    return any(values)
