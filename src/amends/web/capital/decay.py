"""How a posting fades, as a small chart and a sentence. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from amends.web.charts import Tick

_LEFT, _RIGHT, _TOP, _FOOT = 22, 34, 10, 20
_BEGINS = 8  # points; halved three times it is one
_HALVES = 3


@dataclass(frozen=True, slots=True)
class Decay:
    """Eight points over three half-lives, in a box of `width` by `height`."""

    width: int
    height: int
    left: int
    right: float
    foot: float
    line: str
    area: str
    dots: list[Tick]
    days: list[Tick]
    sentence: str


def decay(half_life: int, *, width: int = 320, height: int = 112) -> Decay:
    """The curve of this half-life (days)."""
    wide, high = width - _LEFT - _RIGHT, height - _TOP - _FOOT

    def place(halves: float) -> tuple[float, float]:
        return round(_LEFT + wide * halves / _HALVES, 1), round(_TOP + high * (1 - 0.5**halves), 1)

    foot = float(_TOP + high)
    steps = [place(step / 8) for step in range(8 * _HALVES + 1)]
    line = "M" + "L".join(f"{x} {y}" for x, y in steps)
    halved = [(place(n), _BEGINS >> n, n * half_life) for n in range(_HALVES + 1)]
    said = _("Of %(begin)s points, 4 are left after %(one)s days, 2 after %(two)s and 1 after %(three)s.") % {
        "begin": _BEGINS, "one": f"{half_life:,}", "two": f"{2 * half_life:,}", "three": f"{3 * half_life:,}",
    }  # fmt: skip
    return Decay(
        width=width, height=height, left=_LEFT, right=steps[-1][0], foot=foot, line=line,
        area=f"{line}V{foot:g}H{_LEFT}Z", dots=[Tick(x, y, str(points)) for (x, y), points, _days in halved],
        days=[Tick(x, height - 5, f"{days:,}") for (x, _y), _points, days in halved], sentence=said,
    )  # fmt: skip
