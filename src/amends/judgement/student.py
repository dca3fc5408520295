"""Student's t distribution, as much of it as judging a silence needs, without a numerical library."""

from __future__ import annotations

import math
from statistics import NormalDist

_NORMAL = NormalDist()


def t_quantile(share: float, freedom: float) -> float:
    """The quantile of Student's t at `share` with `freedom` degrees; Hill 1970 (CACM algorithm 396), 6 digits."""
    if not 0 < share < 1:
        raise ValueError(f"A quantile needs a share between 0 and 1, not {share}.")
    if share < 0.5:
        return -t_quantile(1 - share, freedom)
    n, p = freedom, 2 * (1 - share)
    a = 1 / (n - 0.5)
    b = 48 / (a * a)
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * math.sqrt(a * math.pi / 2) * n
    y = (d * p) ** (2 / n)
    if y > 0.05 + a:
        x = _NORMAL.inv_cdf(p / 2)
        y = x * x
        if n < 5:
            c += 0.3 * (n - 4.5) * (x + 0.6)
        c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
        y = a * y * y
        y = math.expm1(y)
    else:
        y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) * (n + 1) / (
            n + 2
        ) + 1 / y
    return math.sqrt(n * y)


def t_share(value: float, freedom: float) -> float:
    """The share of Student's t below `value`; Gaver and Kafadar 1984's normal approximation, about 3 digits."""
    g = (freedom - 1.5) / (freedom - 1) ** 2
    z = math.sqrt(math.log1p(value * value / freedom) / g)
    return _NORMAL.cdf(math.copysign(z, value))
