"""How a client's messages sounded week by week, as small multiples under the year's correspondence. Pure geometry.

One band a feeling, bars by week over a line that is there only in weeks in which something was heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.insights.tones import Tones
from amends.signals.models import SignalKind
from amends.web import words
from amends.web.charts import Tick, month_ticks

_SPEAKS = 0.2  # of a week's tone: less in every week makes no band
_NOISE = 0.05  # shares below are not drawn
_QUARTER = 13  # weeks
_MOVED = 3  # points; less is as before
_ROW, _BAR = 42, 20
_KINDS = {
    "anger": SignalKind.ANGER,
    "frustration": SignalKind.FRUSTRATION,
    "disappointment": SignalKind.DISAPPOINTMENT,
    "gratitude": SignalKind.PRAISE,
}


@dataclass(frozen=True, slots=True)
class Band:
    """One feeling: its word and tone, the foot of its bars, their path, and the path of the weeks that were heard."""

    word: str
    tone: str
    foot: float
    bars: str
    heard: str


@dataclass(frozen=True, slots=True)
class Bands:
    """All bands of a page of one width, and the sentence that says what they show."""

    key: str
    width: int
    height: int
    left: int
    bands: list[Band]
    months: list[Tick]
    sentence: str


def bands(tones: Tones, *, until: date, key: str, shown: int, step: int) -> Bands | None:
    """The last `shown` weeks; None where nothing is known, or no week says much."""
    told = [name for name, shares in tones.shares.items() if max(shares[-shown:], default=0) >= _SPEAKS]
    if tones.silent or not told:
        return None
    left, heard = 30, tones.heard[-shown:]
    top = max(0.5, *(max(tones.shares[name][-shown:]) for name in told))
    made = []
    for number, name in enumerate(told):
        foot = (number + 1) * _ROW - 4
        shares = tones.shares[name][-shown:]
        look = words.feeling(_KINDS[name])
        made.append(
            Band(_name(name), look.tone, foot, _bars(shares, top, foot, step, left), _line(heard, foot, step, left))
        )
    height = len(told) * _ROW + 20
    months = month_ticks(shown, until=until, step=step, left=left, y=height - 5)
    return Bands(key, left + step * shown, height, left, made, months, sentence(tones))


def sentence(tones: Tones) -> str:
    """What the bands show, in words: the last three months against the three before."""
    late, early = slice(-_QUARTER, None), slice(-2 * _QUARTER, -_QUARTER)
    count = sum(tones.heard[late])
    if not count:
        return _("They have not written in the last three months; what is shown is older.")
    now = {name: _mean(tones, name, late) for name in tones.shares}
    told = sorted((name for name in now if now[name] >= _NOISE), key=lambda name: -now[name])[:2]
    wrote = ngettext(
        "In the last three months they wrote %(n)s message", "In the last three months they wrote %(n)s messages", count
    ) % {"n": count}
    if not told:
        return _("%(wrote)s, and none of them sounds of much.") % {"wrote": wrote}
    before = early if any(tones.heard[early]) else None
    parts = [_part(tones, name, now[name], before) for name in told]
    parts[0] = _("%(feeling)s makes up %(share)s of their tone") % {"feeling": _name(told[0]), "share": parts[0]}
    parts[1:] = [f"{_name(name).lower()} {part}" for name, part in zip(told[1:], parts[1:], strict=True)]
    return _("%(wrote)s. %(parts)s.") % {"wrote": wrote, "parts": ", ".join(parts)}


def _part(tones: Tones, name: str, share: float, early: slice | None) -> str:
    told = f"{round(100 * share)}%"
    if early is None:
        return told
    was = _mean(tones, name, early)
    change = round(100 * share) - round(100 * was)
    if abs(change) < _MOVED:
        return told + " " + _("(as before)")
    way = _("up from %(p)s%%") if change > 0 else _("down from %(p)s%%")
    return f"{told} ({way % {'p': round(100 * was)}})"


def _mean(tones: Tones, name: str, weeks: slice) -> float:
    pairs = list(zip(tones.heard[weeks], tones.shares[name][weeks], strict=True))
    count = sum(heard for heard, _share in pairs)
    return sum(heard * share for heard, share in pairs) / count if count else 0.0


def _name(feeling: str) -> str:
    names = {
        "anger": _("Anger"),
        "frustration": _("Frustration"),
        "disappointment": _("Disappointment"),
        "gratitude": _("Gratitude"),
    }
    return names[feeling]


def _bars(shares: Sequence[float], top: float, foot: float, step: int, left: int) -> str:
    wide = step - max(1, step // 5)
    return "".join(
        f"M{left + week * step} {foot:g}v{-_BAR * share / top:.1f}h{wide}v{_BAR * share / top:.1f}z"
        for week, share in enumerate(shares)
        if share >= _NOISE
    )


def _line(heard: Sequence[int], foot: float, step: int, left: int) -> str:
    wide = step - max(1, step // 5)
    return "".join(f"M{left + week * step} {foot + 0.5:g}h{wide}" for week, count in enumerate(heard) if count)
