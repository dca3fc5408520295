"""Tags of Amends' templates: moments, feelings, sparklines and people's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django import template
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from amends.insights.conversation import Noticed
from amends.insights.facts import Facts
from amends.insights.today import Reason, Row
from amends.signals.models import SAID
from amends.web import charts, dates, tales, words
from amends.web.jobs.words import name_of
from amends.web.thread.passages import Run
from amends.web.today import telling
from amends.web.today.telling import Told

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
def took(span: timedelta) -> str:
    """How long something took: "40 s", "3 min", "2 h"."""
    return dates.took(span)


@register.filter
def job_name(task: str) -> str:
    """What a background task is called."""
    return name_of(task)


@register.filter
def feeling(kind: str) -> words.Feeling:
    """The look of a kind of reason."""
    return words.feeling(kind)


@register.filter
def told(reasons: Sequence[Reason]) -> list[Told]:
    """The reasons of a row, each sentence once."""
    return telling.told(reasons)


@register.filter
def sureness(confidence: float) -> str:
    """A probability as a word."""
    return words.sureness(confidence)


@register.filter
def not_this(kind: str) -> str:
    """What the button says that takes a kind away."""
    return words.not_this(kind)


@register.simple_tag
def kinds_but(ones: Sequence[Noticed] = ()) -> list[words.Feeling]:
    """The kinds that a sentence may carry, without those that stand there."""
    there = {one.kind for one in ones if not one.dismissed}
    return [words.feeling(kind) for kind in SAID if kind not in there]


class Back(NamedTuple):
    """Where an undo is sent, and for a recovery what it carries and to which stage it leads back."""

    action: str
    seal: str = ""
    at: str = ""


@register.simple_tag
def undo_of(tags: str) -> Back:
    """What the tags of a flash undo: a click on signals by its batch, or a change of a recovery."""
    if tags.startswith("/"):
        return Back(tags)
    part, _, rest = tags.partition(":")
    if part != "recovery":
        return Back(reverse("undo", args=[tags]))
    recovery, at, seal = rest.split(":", 2)
    return Back(reverse("recovery-undo", args=[recovery]), seal, at)


@register.filter
def percent(share: float) -> str:
    """ "73%"."""
    return f"{round(100 * share)}%"


@register.simple_tag
def silence(detail: dict[str, float | str], since: datetime, as_of: datetime) -> str:
    """The sentence of a silence."""
    return words.silence_sentence(detail, days=dates.hours_between(since, as_of) / 24)


@register.simple_tag(takes_context=True)
def tale(context: template.Context, kind: str, facts: Facts, now: datetime) -> tales.Tale | None:
    """What more there is to tell of a signal."""
    firm = getattr(context.get("user"), "firm", None)
    zone = timezone.get_current_timezone()
    return tales.tale(kind, facts, now=now, zone=zone, day_end=getattr(firm, "day_end", None))


@register.filter
def by_model(rule: str) -> bool:
    """Whether the trained model found it."""
    return words.by_model(rule)


_CLIENT = "00000000-0000-0000-0000-00000000c11e"
_SHOWN = "<!-- shown -->"


@register.simple_tag(takes_context=True)
def answer_buttons(context: template.Context, row: Row) -> SafeString:
    """The three answers of a row. All rows have the same but for their ids, so they are drawn once a page."""
    kept = context.get("drawn_buttons")  # an empty one from the view, shared by the rows of a page
    drawn: dict[tuple[bool, bool], str] = kept if isinstance(kept, dict) else {}
    alike = row.owner is not None, row.unread
    if alike not in drawn:
        stand_in = {"public_id": _CLIENT, "owner": row.owner, "unread": row.unread, "shown": SafeString(_SHOWN)}
        with context.push(row=stand_in):
            drawn[alike] = get_template("today/buttons.html").template.render(context)  # type: ignore[attr-defined]
    return SafeString(drawn[alike].replace(_CLIENT, str(row.public_id)).replace(_SHOWN, escape(str(row.shown))))


@register.simple_tag(takes_context=True)
def noticed(context: template.Context, run: Run) -> SafeString:
    """Words in which something was noticed; no blank may slip in beside them."""
    shown = [one for one in run.noticed if one.kind != "unanswered"] or list(run.noticed)
    shown.sort(key=lambda one: words.TONES.index(words.feeling(one.kind).tone))
    context_of = {
        "run": run,
        "one": shown[0],
        "others": shown[1:],
        "shown": shown,
        "request": context.get("request"),
        "message": context.get("message"),
    }
    return SafeString(render_to_string("thread/noticed.html", context_of, context.get("request")).strip())


@register.inclusion_tag("shell/sparkline.html")
def sparkline(weeks: Sequence[tuple[int, int]]) -> dict[str, charts.Sparkline]:
    """A word-sized chart of a client's traffic."""
    return {"spark": charts.sparkline(weeks)}


@register.filter
def one_of(names: Sequence[str]) -> str:
    """ "Ada, Ben or Cleo"."""
    return words.one_of(names)


@register.filter
def initials(name: str) -> str:
    """Up to two letters for a name."""
    parts = [part for part in name.replace("@", " ").split() if part[:1].isalnum()]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()
