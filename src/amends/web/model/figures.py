"""The figures of the card as a calm chart: a dot with its interval on a line from 0 to 1, and its peers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from amends.insights.model import Figure
from amends.web.model import names

WIDTH, HEIGHT, _EDGE = 320, 24, 8
_CALIBRATION = ".calibration"


@dataclass(frozen=True, slots=True)
class Strip:
    """Places on a line of `WIDTH` by `HEIGHT`: the dot, both ends of its interval, and a diamond for each peer."""

    dot: float
    low: float | None
    high: float | None
    peers: list[float]

    @property
    def span(self) -> float:
        """How long the interval is drawn."""
        return round(self.high - self.low, 1) if self.low is not None and self.high is not None else 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement as the page tells it; `rates` says what it finds and how often it is right, in a hundred."""

    title: str
    says: str
    rates: str
    of: str
    value: float
    low: float | None
    high: float | None
    rows: int | None
    peers: list[tuple[str, float]]
    strip: Strip


@dataclass(frozen=True, slots=True)
class Group:
    """Measurements of one matter."""

    title: str
    lines: list[Line]


def groups(figures: Sequence[Figure]) -> list[Group]:
    """The measurements by matter, without those of calibration and of single labels; empty groups are left out."""
    left = {
        one.name: one for one in figures if not one.name.endswith(_CALIBRATION) and not one.name.startswith("label.")
    }
    wrongs = _take(left, "complaint", "issues", "polite", "flag.")
    feelings = _take(left, "feelings", "feeling.", "goemotions")
    manners = _take(left, "requests", "requests.f1", "politeness", "uncivil")
    found = [
        Group(_("What clients say"), wrongs),
        Group(_("How they feel"), feelings),
        Group(_("Requests and manners"), manners),
        Group(_("Further measurements"), [_line(one) for one in left.values()]),
    ]
    return [group for group in found if group.lines]


def calibration(figures: Iterable[Figure]) -> list[Line]:
    """How far its percentages lie from what came true, on average."""
    return [_line(one) for one in figures if one.name.endswith(_CALIBRATION)]


def labels(figures: Iterable[Figure]) -> list[Line]:
    """The single labels of the public set."""
    return [_line(one) for one in figures if one.name.startswith("label.")]


def _take(left: dict[str, Figure], *wanted: str) -> list[Line]:
    """Out of `left`, in this order: the figures of these names, and of all that begin with one that ends in a dot."""
    chosen = [name for one in wanted for name in left if name == one or (one[-1] == "." and name.startswith(one))]
    return [_line(left.pop(name)) for name in chosen]


def _line(figure: Figure) -> Line:
    title, says = names.measured().get(figure.name, ("", ""))
    return Line(
        title=title or _title(figure),
        says=says,
        rates=_rates(figure),
        of="" if figure.name.startswith(("feeling.", "label.")) else figure.of,  # as the line of them all says
        value=figure.value,
        low=figure.low,
        high=figure.high,
        rows=figure.rows,
        peers=list(figure.peers),
        strip=Strip(
            dot=_place(figure.value),
            low=_place(figure.low) if figure.low is not None else None,
            high=_place(figure.high) if figure.high is not None else None,
            peers=[_place(value) for _name, value in figure.peers],
        ),
    )


def _title(figure: Figure) -> str:
    name = figure.name.removesuffix(_CALIBRATION)
    known = names.outputs().get(name) or names.outputs().get(f"flag.{name}") or names.measured().get(name, ("",))[0]
    return known or name.removeprefix("label.").replace(".", ", ").replace("_", " ").capitalize()


def _rates(figure: Figure) -> str:
    if figure.precision is None or figure.recall is None:
        return ""
    return _("It finds %(found)s of 100; of 100 that it names, %(right)s are right.") % {
        "found": round(100 * figure.recall),
        "right": round(100 * figure.precision),
    }


def _place(value: float) -> float:
    return round(_EDGE + (WIDTH - 2 * _EDGE) * min(1.0, max(0.0, value)), 1)
