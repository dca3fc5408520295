"""How signals look and read: for each kind a word, a shape and, where somebody felt something, a colour.

Colour stands for the feeling alone (rust: anger, amber: frustration, slate: disappointment, moss: gratitude);
kinds that carry no feeling of the client's stay in ink. The word and the shape say all that the colour says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.signals.models import SignalKind


@dataclass(frozen=True, slots=True)
class Feeling:
    """The look of a kind: `tone` names a colour, `icon` a shape, `word` is what it is called."""

    kind: str
    tone: str
    icon: str
    word: str


TONES = ("rust", "amber", "slate", "moss", "plain")  # the strongest speaks first

_LOOKS = {
    SignalKind.ANGER: ("rust", "flame"),
    SignalKind.LEAVING: ("rust", "door-open"),
    SignalKind.INTERNAL_LEAK: ("rust", "mail-warning"),
    SignalKind.COMPLAINT: ("amber", "message-square-warning"),
    SignalKind.FRUSTRATION: ("amber", "diamond"),
    SignalKind.DERAILING: ("amber", "trending-down"),
    SignalKind.RETURNING_ISSUE: ("amber", "repeat-2"),
    SignalKind.PROMISE_BROKEN: ("amber", "calendar-x"),
    SignalKind.DISAPPOINTMENT: ("slate", "cloud-rain"),
    SignalKind.RENEWAL_AT_RISK: ("slate", "hourglass"),
    SignalKind.PRAISE: ("moss", "sprout"),
    SignalKind.REFERRAL: ("moss", "handshake"),
    SignalKind.UNANSWERED: ("plain", "reply"),
    SignalKind.SILENCE: ("plain", "moon"),
    SignalKind.PROMISE_DUE: ("plain", "calendar-clock"),
    SignalKind.WAITING_ON_CLIENT: ("plain", "hourglass"),
    SignalKind.SCOPE_REQUEST: ("plain", "ruler"),
}


def _nots() -> dict[str, tuple[str, str]]:
    """For kinds that a sentence carries: how a button and how a sentence says that it does not."""
    return {
        SignalKind.COMPLAINT: (_("Not a complaint"), _("not a complaint")),
        SignalKind.ANGER: (_("Not anger"), _("not anger")),
        SignalKind.FRUSTRATION: (_("Not frustration"), _("not frustration")),
        SignalKind.DISAPPOINTMENT: (_("Not disappointment"), _("not disappointment")),
        SignalKind.LEAVING: (_("Not about leaving"), _("not about leaving")),
        SignalKind.SCOPE_REQUEST: (_("Not a request for more"), _("not a request for more")),
        SignalKind.PRAISE: (_("Not praise"), _("not praise")),
        SignalKind.REFERRAL: (_("Not a referral"), _("not a referral")),
    }


def not_this(kind: str) -> str:
    """What the button says that takes this kind away: "Not a complaint"."""
    return _nots().get(kind, (_("Not an issue"), ""))[0]


def corrected(said: str, right: str, *, others: int) -> str:
    """What was noted: "Noted: frustration, not a complaint. The same for 1 sentence like it." """
    parts = [feeling(right).word.lower() if right else "", _nots()[said][1] if said else ""]
    noted = _("Noted: %(what)s.") % {"what": ", ".join(part for part in parts if part)}
    if not others:
        return noted
    like = ngettext("The same for %(n)s sentence like it.", "The same for %(n)s sentences like it.", others)
    return f"{noted} {like % {'n': others}}"


def feeling(kind: str) -> Feeling:
    """The look of a kind; one that is not known stays plain."""
    try:
        known = SignalKind(kind)
    except ValueError:
        return Feeling(kind, "plain", "info", kind)
    tone, icon = _LOOKS[known]
    return Feeling(kind, tone, icon, str(known.label))


def _sounds() -> dict[str, tuple[str, str, str]]:
    """The feelings of whole messages: colour, shape and word. Several share a colour; the word parts them."""
    return {
        "anger": ("rust", "flame", _("angry")),
        "frustration": ("amber", "diamond", _("frustrated")),
        "confusion": ("amber", "circle-question-mark", _("puzzled")),
        "disappointment": ("slate", "cloud-rain", _("disappointed")),
        "worry": ("slate", "cloud-fog", _("worried")),
        "gratitude": ("moss", "sprout", _("grateful")),
        "joy": ("moss", "sun", _("glad")),
    }


def sound(feeling: str) -> Feeling | None:
    """How a message sounds; None where that is neutral or not known."""
    look = _sounds().get(feeling)
    return Feeling(feeling, *look) if look else None


def by_model(rule: str) -> bool:
    """Whether the trained model found it, and no rule."""
    return rule.startswith("model.")


def sureness(confidence: float) -> str:
    """A probability as a word: people act on words, and the number stands beside it."""
    if confidence >= 0.85:
        return _("very likely")
    if confidence >= 0.65:
        return _("likely")
    return _("perhaps")


def silence_sentence(detail: dict[str, float | str], *, days: float) -> str:
    """ "Quiet for 5 weeks; usually every 6 days." from how long it lasts and the numbers of its signal."""
    usual = _number(detail, "every_days")
    if not usual:
        return _("Quiet for %(span)s, which is unusual for them.") % {"span": days_in_words(days)}
    return _("Quiet for %(span)s; usually every %(usual)s.") % {
        "span": days_in_words(days),
        "usual": days_in_words(usual),
    }


def one_of(names: Sequence[str]) -> str:
    """ "Ada", "Ada or Ben", "Ada, Ben or Cleo"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(some)s or %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]}


def days_in_words(days: float) -> str:
    """ "6 days", "5 weeks", "3 months"."""
    number = max(1, round(days))
    if number < 21:
        return ngettext("%(n)s day", "%(n)s days", number) % {"n": number}
    if number < 100:
        weeks = round(number / 7)
        return ngettext("%(n)s week", "%(n)s weeks", weeks) % {"n": weeks}
    months = round(number / 30.4)
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}


def _number(detail: dict[str, float | str], name: str) -> float | None:
    value = detail.get(name)
    return float(value) if isinstance(value, int | float) else None
