"""How far it is, in words: "Reading 1,240 of about 20,000; judged 300"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.firm.models import Firm
from amends.firm.places import next_holiday
from amends.insights.arriving import Arriving, Brought
from amends.mail.models import RunState
from amends.web.mailboxes.words import told
from amends.web.settings.forms import DAYS


@dataclass(frozen=True, slots=True)
class Line:
    """One archive or mailbox: what it is called, how it stands, what is wrong, and where more is said."""

    name: str
    sentence: str
    href: str
    problem: str = ""
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """All of it in one sentence, as a share of a hundred, and line by line."""

    sentence: str
    share: int
    busy: bool
    lines: list[Line]


def arrival(found: Arriving, *, now: datetime, zone: tzinfo) -> Arrival:
    """What the page says of what comes in."""
    lines = [_of_import(one) for one in found.imports]
    for box in found.boxes:
        said = told(box, now=now, zone=zone)
        href = reverse("mailbox", args=[box.account.public_id])
        lines.append(Line(box.account.mailbox.address, said.sentence, href, said.problem, said.busy))
    coming = any(one.coming for one in found.imports) or any(
        line.busy for line in lines[len(found.imports) :]
    )  # judging comes after
    return Arrival(_sentence(found, coming=coming), _share(found, coming=coming),
                   coming or found.busy_imports or found.progress.busy, lines)  # fmt: skip


def _sentence(found: Arriving, *, coming: bool) -> str:
    progress = found.progress
    counts = {
        "done": intcomma(found.done), "expected": intcomma(found.expected), "judged": intcomma(progress.read),
        "total": intcomma(progress.total), "n": intcomma(found.done),
    }  # fmt: skip
    if coming and not found.expected:
        return _("Waiting for the first messages.")
    if coming and (progress.share or not progress.total):
        return _("Reading %(done)s of about %(expected)s.") % counts
    if coming:
        return _("Reading %(done)s of about %(expected)s; judged %(judged)s.") % counts
    if progress.busy and progress.share:
        return _("Everything is here; it is being judged.")
    if progress.busy and progress.read < progress.total:
        return _("Everything is here; judged %(judged)s of %(total)s.") % counts
    if progress.busy or found.busy_imports:
        return _("Everything is judged; conversations are being looked at as a whole.")
    if not found.done:
        return _("What is here is read and judged.")
    return ngettext("%(n)s message is read and judged.", "All %(n)s messages are read and judged.", found.done) % counts


def _share(found: Arriving, *, coming: bool) -> int:
    """Taking in is one half of it, judging the other."""
    here = found.done / found.expected if found.expected else 0.0
    if coming:
        return round(50 * min(1.0, here))
    progress = found.progress
    return 50 + round(50 * progress.read / progress.total) if progress.busy and progress.total else 100


def _of_import(one: Brought) -> Line:
    run, counts = one.run, {"done": intcomma(one.done), "expected": intcomma(one.expected)}
    sentence = {
        RunState.WAITING: _("waiting for its turn"),
        RunState.STORING: _("%(done)s of about %(expected)s") if one.expected else _("begins"),
        RunState.FAILED: _("stopped"),
    }.get(RunState(run.state), ngettext("%(done)s message", "%(done)s messages", one.done))
    again = _("Bring the same files in again: what is here already is not taken twice.")
    problem = (run.problem or again) if run.state == RunState.FAILED else ""
    return Line(run.label, sentence % counts, reverse("run", args=[run.public_id]), problem, one.coming)


def holiday(country: str, *, today: date) -> str:
    """The next public holiday as a proof: "25 December, Christmas Day"; "" where none is known."""
    found = next_holiday(country, after=today)
    if found is None:
        return ""
    day, name = found
    return f"{format_date(day, 'j F' if day.year == today.year else 'j F Y')}, {name}"


def working_days(firm: Firm) -> str:
    """ "Monday to Friday", or the days one by one."""
    names = [str(name) for key, name in DAYS if key in firm.work_days]
    row = "".join(key for key, _name in DAYS)
    if len(names) > 2 and firm.work_days in row:
        return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return ", ".join(names)
