"""Tags of the pages of promises: when something is due, in words."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from amends.firm.models import Firm
from amends.firm.queries import working_time
from amends.signals.models import PromiseState, Recurs
from amends.web import dates

register = template.Library()
_ICONS = {
    PromiseState.KEPT: "check",
    PromiseState.BROKEN: "calendar-x",
    PromiseState.RENEGOTIATED: "calendar-sync",
    PromiseState.WITHDRAWN: "undo-2",
}


@register.simple_tag(takes_context=True)
def due(context: template.Context, moment: datetime, now: datetime, hour_alone: bool = False) -> SafeString:
    """When something is due, spoken; `hour_alone` where the day stands above it."""
    firm = getattr(context.get("user"), "firm", None)
    zone = ZoneInfo(firm.timezone) if firm is not None else timezone.get_current_timezone()
    said = dates.due(moment, now=now, zone=zone, day_end=getattr(firm, "day_end", None))
    if hour_alone:
        said = _("by %(time)s") % {"time": dates.clock_time(moment, zone=zone)}
    exact = dates.exact(moment, zone=zone)
    iso = moment.astimezone(zone).isoformat(timespec="seconds")
    return format_html('<time datetime="{}" title="{}">{}</time>', iso, exact, said)


@register.simple_tag(takes_context=True)
def off_day(context: template.Context, day: date | datetime | None) -> SafeString | str:
    """A quiet remark beside a date on which the firm does not work; nothing beside any other."""
    firm = getattr(context.get("user"), "firm", None)
    if not isinstance(firm, Firm) or not isinstance(day, date):
        return ""
    local = day.astimezone(ZoneInfo(firm.timezone)).date() if isinstance(day, datetime) else day
    said = dates.day_off(local, working_time(firm))
    return format_html(' <span class="off-day">({})</span>', said) if said else ""


@register.simple_tag
def written(moment: datetime | None, exact: bool) -> str:
    """A date as people type it and as it is understood: "12 March 2026", "12 March 2026 at 14:00"."""
    if moment is None:
        return ""
    day = f"{moment.day} {moment:%B %Y}"
    return f"{day} at {moment:%H:%M}" if exact else day


@register.simple_tag
def recurring(recurs: str) -> str:
    """How often, in the midst of a sentence."""
    return str(Recurs(recurs).label).lower()


@register.simple_tag
def state(value: str) -> SafeString:
    """What became of a promise, with a shape."""
    known = PromiseState(value)
    context = {"icon": _ICONS.get(known, "circle"), "word": known.label, "state": value}
    return SafeString(render_to_string("promises/state.html", context).strip())
