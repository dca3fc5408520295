"""How it stands with a mailbox, as a sentence that a person understands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.insights.mailboxes import Standing
from amends.mail.models import AccountState, Credential
from amends.web import dates


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence; what is wrong, in the server's terms; `mend` where a person has to do something about it."""

    sentence: str
    problem: str = ""
    mend: str = ""
    busy: bool = False
    share: int = 0


def told(standing: Standing, *, now: datetime, zone: tzinfo) -> Told:
    """ "Up to date, 2 minutes ago", "Password refused since Tuesday", "Reading: 1,240 of about 20,000"."""
    account = standing.account
    begun = since(account.state_since, now=now, zone=zone)
    if account.state == AccountState.PAUSED:
        return Told(_("Paused %(since)s") % {"since": begun})
    if account.state == AccountState.REFUSED:
        what = _("Password refused") if account.credential == Credential.PASSWORD else _("Permission refused")
        mend = _("mend it here")
        return Told(_("%(what)s %(since)s") % {"what": what, "since": begun}, account.problem, mend)
    if standing.forgotten(now):
        return _forgotten(standing, now=now, zone=zone)
    if account.state == AccountState.TROUBLE:
        sentence = _("Cannot be reached %(since)s; Amends keeps trying") % {"since": begun}
        return Told(sentence, account.problem, _("look at its server"))
    if account.state == AccountState.READING or (account.state == AccountState.NEW and standing.expected):
        done, expected = standing.done, standing.expected
        sentence = _("Reading: %(done)s of about %(expected)s") % {
            "done": intcomma(done), "expected": intcomma(expected),
        }  # fmt: skip
        return Told(sentence, busy=True, share=round(100 * done / expected) if expected else 0)
    if account.state == AccountState.NEW:
        return Told(_("Waiting for its first turn"), account.problem, busy=True)
    if account.succeeded_at is None:
        return Told(_("Up to date"))
    return Told(_("Up to date, %(ago)s") % {"ago": ago(account.succeeded_at, now=now, zone=zone)})


def _forgotten(standing: Standing, *, now: datetime, zone: tzinfo) -> Told:
    problem = _("Nothing polls mailboxes here: run “amends serve”, or “amends poll” beside “amends web”.")
    looked = standing.account.succeeded_at
    if looked is None:
        return Told(_("Waiting for its first turn"), problem)
    return Told(_("Last looked at %(ago)s") % {"ago": ago(looked, now=now, zone=zone)}, problem)


def ago(moment: datetime, *, now: datetime, zone: tzinfo) -> str:
    """ "just now", "2 minutes ago", "3 hours ago", then the day."""
    seconds = max(0, int((now - moment).total_seconds()))
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", seconds // 60) % {"n": seconds // 60}
    if seconds < 6 * 3600:
        return ngettext("%(n)s hour ago", "%(n)s hours ago", seconds // 3600) % {"n": seconds // 3600}
    return dates.spoken(moment, now=now, zone=zone)


def since(moment: datetime, *, now: datetime, zone: tzinfo) -> str:
    """ "since 14:05", "since Tuesday", "since 14 March"."""
    local = moment.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return _("since %(when)s") % {"when": format_date(local, "H:i")}
    form = "l" if now - moment < timedelta(days=6) else "j F"
    return _("since %(when)s") % {"when": format_date(local, form)}
