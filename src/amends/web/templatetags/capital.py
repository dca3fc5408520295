"""Tags for points, and for what made an amount."""

from __future__ import annotations

from datetime import UTC, datetime

from django import template
from django.utils.translation import gettext as _

from amends.insights.capital.statement import Entry
from amends.insights.today import Row
from amends.web.capital.charts import Spark, headline, minus

register = template.Library()


@register.filter
def points(hundredths: int) -> str:
    """ "+4.00", "−6.25", with a minus as wide as a plus."""
    return f"{hundredths / 100:+,.2f}".replace("-", "−") if hundredths else "0.00"


@register.filter
def whole(number: int) -> str:
    """ "−18"."""
    return minus(number)


@register.filter
def signed(number: int) -> str:
    """ "+6", "−18", "0"."""
    return f"{number:+,}".replace("-", "−") if number else "0"


@register.filter
def factors(entry: Entry) -> str:
    """ "−6.00 for the line × 0.80 for how clearly it was said × 1.25 for who said it"."""
    if entry.base is None:
        return ""
    parts = [_("%(points)s for the line") % {"points": points(entry.base)}]
    if entry.line.strength != 100:
        parts.append(_("%(n)s for how clearly it was said") % {"n": f"{entry.line.strength / 100:.2f}"})
    if entry.speaker != 1:
        parts.append(_("%(n)s for who said it") % {"n": f"{entry.speaker:.2f}"})
    if entry.back:
        parts.append(_("taken back"))
    return " × ".join(parts)


@register.inclusion_tag("capital/spark.html")
def balance_spark(drawn: Spark) -> dict[str, Spark]:
    """A word-sized line of a balance."""
    return {"spark": drawn}


@register.simple_tag
def row_balance(row: Row, now: datetime) -> str:
    """ "41, down 18 since May": the balance of somebody on *Today*."""
    if row.balance is None or row.since is None:
        return ""
    return headline(row.balance, row.trend or 0, since=row.since, today=now.astimezone(UTC).date())
