"""False silences and real ones: the rhythm model beside the rules of thumb that peers use, on invented firms.

    python bench/silence.py [--clients 10 50 200] [--firms 3] [--seed 1]

Every firm lives three years. The first year is only learned from; the prior is fitted again each quarter from
what was known then. A silence is false where the client writes again; real where they had left for good (about
one client in six each year). Caught: real silences noticed within 120 days of the last message, among those with
so much time left and a client who had had at least three conversations. Delay: calendar days from the last
message to the alarm, the median of those caught.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from amends.judgement.rhythm import FEWEST_GAPS, WEEKDAYS, Prior, State, unusual_after

BEGIN = date(2022, 1, 3)
LEARNED = BEGIN + timedelta(days=365)
END = BEGIN + timedelta(days=3 * 365)
QUARTER = timedelta(days=91)
CAUGHT = timedelta(days=120)

Gap = Callable[[random.Random, date], float]
Alarm = timedelta | None
Rule = Callable[[Sequence[date], State, Prior, int], Alarm]


@dataclass(frozen=True)
class Client:
    """Sorted active days; `left` where the client never writes again after the last of them."""

    days: list[date]
    left: bool
    kind: str


@dataclass
class Tally:
    """What one rule did."""

    false: int = 0
    left: int = 0
    delays: list[int] = field(default_factory=list)
    by_kind: dict[str, int] = field(default_factory=dict)


def _regular(mean: float) -> Gap:
    return lambda rng, _: max(1.0, rng.gauss(mean, 0.2 * mean))


def _poisson(mean: float) -> Gap:
    return lambda rng, _: rng.expovariate(1 / mean)


def _erratic(mean: float) -> Gap:
    return lambda rng, _: rng.lognormvariate(math.log(mean) - 0.4, 0.9)


def _bursty(mean: float) -> Gap:
    return lambda rng, _: rng.choice((1.0, 1.0, 1.5, 2.0)) if rng.random() < 0.7 else rng.gammavariate(2, mean)


def _phases(mean: float) -> Gap:
    return lambda rng, day: rng.expovariate(1 / (mean if (day.toordinal() // 200) % 2 else mean * 4))


def _rare(_: float) -> Gap:
    return lambda rng, _: rng.uniform(80, 260)


KINDS: dict[str, Callable[[float], Gap]] = {
    "regular": _regular,
    "poisson": _poisson,
    "erratic": _erratic,
    "bursty": _bursty,
    "phases": _phases,
    "rare": _rare,
}


def _away(day: date, *, seasonal: bool) -> bool:
    christmas = (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 4)
    return day.weekday() >= 5 or christmas or (seasonal and day.month == 8 and day.day <= 24)


def client(rng: random.Random, kind: str, *, churn: float = 0.17) -> Client:
    """One client's days between BEGIN and END."""
    gap = KINDS[kind](math.exp(rng.gauss(math.log(9), 0.7)))
    seasonal = rng.random() < 0.5
    leaves = BEGIN + timedelta(days=rng.expovariate(churn / 365) + 60)
    day = BEGIN + timedelta(days=rng.uniform(0, 250))
    days: list[date] = []
    while day < min(leaves, END):
        moved = day
        while _away(moved, seasonal=seasonal):
            moved += timedelta(days=1)
        if moved < min(leaves, END) and (not days or moved > days[-1]):
            days.append(moved)
        day = max(day, moved - timedelta(days=2)) + timedelta(days=max(1.0, gap(rng, day)))
    return Client(days, leaves < END, kind)


def firm(rng: random.Random, clients: int, kinds: Sequence[str] = tuple(KINDS)) -> list[Client]:
    """A firm with clients of every kind in turn."""
    return [client(rng, kinds[number % len(kinds)]) for number in range(clients)]


def model(_: Sequence[date], state: State, prior: Prior, live: int) -> Alarm:
    """Ours."""
    return unusual_after(state, prior, clients=live)


def thirty_days(days: Sequence[date], _: State, __: Prior, ___: int) -> Alarm:
    """Thirty days, whoever it is."""
    return timedelta(days=30) if days else None


def three_medians(days: Sequence[date], _: State, __: Prior, ___: int) -> Alarm:
    """Three times the client's median gap between active days."""
    if len(days) <= FEWEST_GAPS:
        return None
    return timedelta(days=3 * median((after - before).days for before, after in pairwise(days)))


def three_pauses(days: Sequence[date], _: State, __: Prior, ___: int) -> Alarm:
    """Three times the client's median pause between conversations."""
    pauses = [(after - before).days for before, after in pairwise(days) if (after - before).days > 4]
    return timedelta(days=3 * median(pauses)) if len(pauses) >= FEWEST_GAPS else None


RULES: dict[str, Rule] = {
    "rhythm model": model,
    "fixed 30 days": thirty_days,
    "3 x median gap": three_medians,
    "3 x median pause": three_pauses,
}


def priors(clients: Sequence[Client]) -> list[tuple[date, Prior, int]]:
    """The prior and the number of live clients as they were known at the start of each quarter."""
    known = []
    day = LEARNED
    while day < END:
        past = [[each for each in one.days if each < day] for one in clients]
        live = sum(1 for each in past if each and day - each[-1] < timedelta(days=180))
        known.append((day, Prior.fit(past), max(live, 1)))
        day += QUARTER
    return known


def _silences(one: Client) -> Iterator[tuple[int, date | None]]:
    """Each active day's index with the next active day, None after the last."""
    for index in range(len(one.days)):
        yield index, one.days[index + 1] if index + 1 < len(one.days) else None


def judge(clients: Sequence[Client], rule: Rule, known: Sequence[tuple[date, Prior, int]]) -> Tally:
    """Play one rule over the two judged years."""
    tally = Tally()
    for one in clients:
        state = State()
        for index, after in _silences(one):
            last = one.days[index]
            state = state.observe(last)
            if after is not None and (after - last).days <= 4:
                continue
            prior, live = next(((p, n) for day, p, n in reversed(known) if day <= last), known[0][1:])
            alarm = rule(one.days[: index + 1], state, prior, live)
            _count(tally, one, last=last, after=after, alarm=alarm, gaps=state.gaps)
    return tally


def _count(tally: Tally, one: Client, *, last: date, after: date | None, alarm: Alarm, gaps: int) -> None:
    at = last + alarm if alarm is not None else None
    if after is not None:
        if at is not None and at < after and LEARNED <= at < END:
            tally.false += 1
            tally.by_kind[one.kind] = tally.by_kind.get(one.kind, 0) + 1
    elif one.left and last >= LEARNED and last + CAUGHT < END and gaps >= FEWEST_GAPS and one.kind != "rare":
        tally.left += 1
        if at is not None and at <= last + CAUGHT:
            tally.delays.append((at - last).days)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, nargs="+", default=[10, 50, 200])
    parser.add_argument("--firms", type=int, default=3, help="how many firms of each size")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    weeks = (END - LEARNED).days / 7
    print(f"{'clients':>7}  {'rule':18} {'false a week':>12} {'worst firm':>10} {'caught':>12} {'delay':>6}  false by")
    for size in wanted.clients:
        firms = [
            firm(random.Random(f"{wanted.seed} {size} {each}"), size) for each in range(max(wanted.firms, 200 // size))
        ]
        known = [priors(each) for each in firms]
        for name, rule in RULES.items():
            tallies = [judge(each, rule, knew) for each, knew in zip(firms, known, strict=True)]
            false = [tally.false / weeks for tally in tallies]
            left = sum(tally.left for tally in tallies)
            delays = [delay for tally in tallies for delay in tally.delays]
            kinds = {kind: sum(tally.by_kind.get(kind, 0) for tally in tallies) for kind in KINDS}
            caught = f"{len(delays)}/{left}"
            print(
                f"{size:>7}  {name:18} {sum(false) / len(false):>12.2f} {max(false):>10.2f} {caught:>12} "
                f"{median(delays) if delays else math.nan:>6.0f}  "
                + " ".join(f"{kind} {count}" for kind, count in kinds.items() if count)
            )
    started = time.perf_counter()
    state = State()
    for step in range(10_000):
        state = state.observe(BEGIN + timedelta(days=step * 5))
        unusual_after(state, Prior(), clients=50)
    print(f"\none message and its new threshold: {(time.perf_counter() - started) * 100:.0f} µs")
    print(f"working days by {type(WEEKDAYS).__name__}")


if __name__ == "__main__":
    main()
