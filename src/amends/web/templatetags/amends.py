"""Tags of Amends' templates: moments, feelings, sparklines and people's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from amends.web import charts, dates, words

register = template.Library()


@register.simple_tag
def when(moment: datetime | None, now: datetime, style: str = "spoken") -> SafeString | str:
    """A spoken date in <time>, with the exact one in the markup and on hover."""
    if moment is None:
        return ""
    zone = timezone.get_current_timezone()
    say = {"spoken": dates.spoken, "short": dates.short}[style]
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.astimezone(zone).isoformat(timespec="seconds"),
        dates.exact(moment, zone=zone),
        say(moment, now=now, zone=zone),
    )


@register.filter
def lasting(hours: float) -> str:
    """ "2 d 4 h"."""
    return dates.lasting(hours)


@register.filter
def feeling(kind: str) -> words.Feeling:
    """The look of a kind of reason."""
    return words.feeling(kind)


@register.filter
def sureness(confidence: float) -> str:
    """A probability as a word."""
    return words.sureness(confidence)


@register.filter
def percent(share: float) -> str:
    """ "73%"."""
    return f"{round(100 * share)}%"


@register.filter
def silence(detail: dict[str, float | str]) -> str:
    """The sentence of a silence."""
    return words.silence_sentence(detail)


@register.inclusion_tag("shell/sparkline.html")
def sparkline(weeks: Sequence[tuple[int, int]]) -> dict[str, charts.Sparkline]:
    """A word-sized chart of a client's traffic."""
    return {"spark": charts.sparkline(weeks)}


@register.filter
def initials(name: str) -> str:
    """Up to two letters for a name."""
    parts = [part for part in name.replace("@", " ").split() if part[:1].isalnum()]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()
