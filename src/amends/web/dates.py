"""Dates as people say them, with the exact one kept for the markup. Pure but for translation.

All moments are aware; `zone` is the firm's.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.judgement.working_time import WorkingTime

_HOUR = 3600
_DAY = 24 * _HOUR


def exact(moment: datetime, *, zone: tzinfo) -> str:
    """ "Thursday 14 March 2003, 14:05 CET"."""
    return format_date(moment.astimezone(zone), "l j F Y, H:i T")


def clock_time(moment: datetime, *, zone: tzinfo) -> str:
    """ "14:05"."""
    return format_date(moment.astimezone(zone), "H:i")


def day(moment: datetime, *, zone: tzinfo) -> str:
    """ "14 March 2003"."""
    return format_date(moment.astimezone(zone), "j F Y")


def spoken(moment: datetime, *, now: datetime, zone: tzinfo) -> str:
    """ "today at 14:05", "Tuesday, 3 days ago", "Thursday, in 2 days", "14 March", "14 March 2003"."""
    local, here = moment.astimezone(zone), now.astimezone(zone)
    days = (local.date() - here.date()).days
    time = format_date(local, "H:i")
    if days == 0:
        return _("today at %(time)s") % {"time": time}
    if days == -1:
        return _("yesterday at %(time)s") % {"time": time}
    if days == 1:
        return _("tomorrow at %(time)s") % {"time": time}
    weekday = format_date(local, "l")
    if -7 < days < 0:
        ago = ngettext("%(n)s day ago", "%(n)s days ago", -days) % {"n": -days}
        return f"{weekday}, {ago}"
    if 0 < days < 7:
        ahead = ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}
        return f"{weekday}, {ahead}"
    return format_date(local, "j F" if local.year == here.year else "j F Y")


def due(moment: datetime, *, now: datetime, zone: tzinfo, day_end: time | None = None) -> str:
    """ "Thursday noon, in 2 days", "today at 14:00", "tomorrow", "12 March, in 12 days", "Tuesday, 3 days ago".

    What is due at the end of work (`day_end`) or of the day was promised for a day: its hour is not told.
    """
    local, here = moment.astimezone(zone), now.astimezone(zone)
    days = (local.date() - here.date()).days
    hour = ""
    if (local.hour, local.minute) == (12, 0):
        hour = " " + _("noon")
    elif local.time().replace(second=0, microsecond=0) not in {day_end, time(0, 0), time(23, 59)}:
        hour = " " + _("at %(time)s") % {"time": format_date(local, "H:i")}
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    if days in near:
        return near[days] + hour
    day = format_date(local, "l" if -7 < days < 7 else "j F" if local.year == here.year else "j F Y")
    if days > 0:
        distance = ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}
    else:
        distance = ngettext("%(n)s day ago", "%(n)s days ago", -days) % {"n": -days}
    return f"{day}{hour}, {distance}"


def day_off(day: date, working: WorkingTime) -> str:
    """ "a Saturday: we do not work then", "a holiday: …" of a day on which nobody works; "" of any other."""
    if working.is_working_day(day):
        return ""
    if day.weekday() in working.days:
        return _("a holiday: we do not work then")
    return _("a %(weekday)s: we do not work then") % {"weekday": format_date(day, "l")}


def renewal(day: date, *, today: date) -> str:
    """ "renews Thursday 12 March, in 5 weeks", "renews today", "was due to renew on 12 March, 3 days ago"."""
    days = (day - today).days
    named = format_date(day, "l j F" if abs(days) < 300 else "l j F Y")
    if days == 0:
        return _("renews today")
    if days == 1:
        return _("renews tomorrow, %(day)s") % {"day": named}
    distance = span(abs(days))
    if days > 0:
        return _("renews %(day)s, in %(span)s") % {"day": named, "span": distance}
    return _("was due to renew on %(day)s, %(span)s ago") % {"day": named, "span": distance}


def span(days: int) -> str:
    """ "6 days", "5 weeks", "3 months", "2 years"."""
    if days < 14:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if days < 75:
        weeks = round(days / 7)
        return ngettext("%(n)s week", "%(n)s weeks", weeks) % {"n": weeks}
    if days < 700:
        months = round(days / 30.4)
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    years = round(days / 365)
    return ngettext("%(n)s year", "%(n)s years", years) % {"n": years}


def short(moment: datetime, *, now: datetime, zone: tzinfo) -> str:
    """For a narrow column: "14:05", "Tue", "14 Mar", "14 Mar 2003"."""
    local, here = moment.astimezone(zone), now.astimezone(zone)
    days = (here.date() - local.date()).days
    if days == 0:
        return format_date(local, "H:i")
    if 0 < days < 7:
        return format_date(local, "D")
    return format_date(local, "j M" if local.year == here.year else "j M Y")


def lasting(hours: float) -> str:
    """How long something has lasted: "25 min", "4 h", "2 d 4 h", "12 days", "5 weeks"."""
    seconds = max(0.0, hours) * _HOUR
    if seconds < _HOUR:
        return _("%(n)s min") % {"n": int(seconds // 60)}
    if seconds < _DAY:
        return _("%(n)s h") % {"n": int(seconds // _HOUR)}
    days, rest = divmod(int(seconds), _DAY)
    if days < 7:
        left = rest // _HOUR
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": left} if left else _("%(days)s d") % {"days": days}
    if days < 28:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    weeks = days // 7
    return ngettext("%(n)s week", "%(n)s weeks", weeks) % {"n": weeks}


def took(span: timedelta) -> str:
    """How long something took: "under a second", "40 s", "25 min", "4 h"."""
    seconds = span.total_seconds()
    if seconds < 1:
        return _("under a second")
    return _("%(n)s s") % {"n": int(seconds)} if seconds < 60 else lasting(seconds / _HOUR)


def hours_between(start: datetime, end: datetime) -> float:
    """Hours from one moment to another, never below nothing."""
    return max(0.0, (end - start) / timedelta(hours=1))
