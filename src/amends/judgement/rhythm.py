"""Silence that is unusual for that client: each client's own rhythm, learned from few gaps with the firm's help.

**Gaps.** Days on which a client writes come in bursts: a conversation, then a pause. Only pauses of more than
`BURST_DAYS` working days are gaps *between conversations*; silence is judged against these alone, counted in the
firm's working days, so that weekends and public holidays alarm nobody.

**Model.** The logarithm of a gap beyond the burst is normal with the client's own mean and variance, both
unknown, under a normal-inverse-gamma prior that is the firm's (`Prior.fit`, moments over all its clients). Prior
and data are conjugate: a few running sums per client are all there is to keep, a new message updates them in O(1),
and the gap to come follows a Student t distribution: Gelman et al., *Bayesian Data Analysis*, 3rd ed. 2013, 3.3
and 5.4; the shrinkage is Efron and Morris 1975. The log-normal was taken because it serves the regular (weekly
calls) and the erratic alike, which a Poisson rhythm (the "buy till you die" models, Fader, Hardie and Lee 2005)
does not. Old gaps are forgotten slowly (`MEMORY`; West and Harrison 1997, ch. 6), because a rhythm changes with
the work.

**False alarms.** A silence is false where the client comes back by themselves. A client with g gaps a week who is
flagged beyond the quantile 1 - p has g * p false silences a week; with N live clients who ever came back after a
pause, each may have `BUDGET` / N, so p = BUDGET / (N g), never above `MOST`. The tail of the model is then corrected
on the firm's own past: every old gap is judged by what was known before it, and the rate that would have kept the
budget is used (split conformal prediction, Vovk et al. 2005, done in time order).

**Seasons.** The firm's own holidays are in its calendar; in weeks in which its clients wrote less in the years before
(`season`), a working day of silence counts for less.

Everything depends only on days observed and on the prior given: nothing later is known, no clock is read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean, median, pvariance
from typing import TYPE_CHECKING

from amends.judgement.season import Days, in_season, slow_weeks
from amends.judgement.student import t_quantile, t_share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BURST_DAYS = 2
"""A pause of up to so many working days belongs to the same conversation."""
MEMORY = 0.97
"""What remains of a gap's weight after the next one: about the last 33 gaps count."""
BUDGET = 0.8
"""False silences a firm and week that are aimed at; the promise is 1, the rest is margin (`bench/silence.py`)."""
MOST = 0.05
"""No silence is called unusual that this client's rhythm would bring more often than once in 20 gaps."""
FEWEST_GAPS = 3
"""With fewer gaps between conversations a client has no rhythm yet and is never flagged."""
STEADY_DAYS = 15
"""Active days without a pause that make a rhythm: about three weeks of daily mail."""
FASTER = 6.0
"""How many times likelier an alarm may be false after an unanswered complaint or an open question to us."""
MOST_FASTER = 0.2
FADES = timedelta(days=365)
"""A silence as long as this is an end and no news."""
WEEK_DAYS = 5.0


class Weekdays:
    """Monday to Friday, no holidays: where a firm has said nothing."""

    def days_between(self, a: date, b: date) -> int:
        """See `Days`."""
        return self._until(b) - self._until(a)

    def add_days(self, day: date, count: int) -> date:
        """See `Days`."""
        weeks, rest = divmod(self._until(day) + count - 1, 5)
        return date.fromordinal(weeks * 7 + rest + 1) if count > 0 else day

    @staticmethod
    def _until(day: date) -> int:
        weeks, rest = divmod(day.toordinal() - 1, 7)
        return weeks * 5 + min(rest + 1, 5)


WEEKDAYS: Days = Weekdays()


@dataclass(frozen=True, slots=True)
class State:
    """One client's rhythm so far, as running sums; `observe` gives the next one.

    `weight`, `total` and `squares` are the discounted count, sum and sum of squares of the gaps' logarithms;
    `gaps` counts them all, `typical` is the discounted sum of the gaps in working days, `first` and `last` are the
    first and the last active day.
    """

    first: date | None = None
    last: date | None = None
    gaps: int = 0
    weight: float = 0.0
    total: float = 0.0
    squares: float = 0.0
    span: float = 0.0
    days: int = 0

    def observe(self, day: date, *, calendar: Days = WEEKDAYS) -> State:
        """The state after the client was active on `day`; a day not after the last one changes nothing."""
        if self.last is None:
            return replace(self, first=day, last=day, days=1)
        if day <= self.last:
            return self
        gap = calendar.days_between(self.last, day)
        if gap <= BURST_DAYS:
            return replace(self, last=day, days=self.days + 1)
        log = _log(gap)
        return State(
            first=self.first,
            last=day,
            gaps=self.gaps + 1,
            weight=self.weight * MEMORY + 1,
            total=self.total * MEMORY + log,
            squares=self.squares * MEMORY + log * log,
            span=self.span * MEMORY + gap,
            days=self.days + 1,
        )


@dataclass(frozen=True, slots=True)
class Prior:
    """What the firm's clients have in common, and how far its past says the model's tail can be trusted.

    Logarithms of gaps are normal around a client's mean, which is normal around `mean` with variance s² / `pull`;
    s² is inverse gamma with shape `shape` and scale `scale`. `rates` are the sorted alarm rates of old gaps, out of
    `weeks` weeks of clients with a rhythm, for the correction; empty where there is too little past. `season` are the
    slow weeks of a year (`season`); `ready` is the share of clients who ever came back and so share the budget.
    """

    mean: float = math.log(12.0)
    pull: float = 1.0
    shape: float = 3.0
    scale: float = 1.5
    rates: tuple[float, ...] = ()
    weeks: float = 0.0
    season: tuple[float, ...] = ()
    ready: float = 1.0

    @classmethod
    def fit(cls, histories: Iterable[Sequence[date]], *, calendar: Days = WEEKDAYS) -> Prior:
        """Learn from every client's sorted active days; with too few clients it stays near the default."""
        written = [history for history in histories if history]
        histories = [history for history in written if len(history) > 1]
        if not histories:
            return cls()
        gaps = [list(_gaps(history, calendar)) for history in histories]
        plain = _moments([[_log(gap) for gap in each] for each in gaps])
        rhythmic = [each for each, own in zip(histories, gaps, strict=True) if len(own) >= FEWEST_GAPS]
        weeks = sum(calendar.days_between(each[0], each[-1]) for each in rhythmic) / WEEK_DAYS
        scores: list[float] = []
        for history in histories:
            scores.extend(_scores(history, plain, calendar))
        season = slow_weeks(histories, calendar=calendar)
        # Who has paused once and come back may have a rhythm before the quarter is over.
        ready = (sum(1 for own in gaps if len(own) >= 1) + _FEW) / (len(written) + _FEW)
        return replace(plain, rates=tuple(sorted(scores)[:_KEPT]), weeks=weeks, season=season, ready=ready)

    def allowed(self, clients: int) -> float:
        """The nominal alarm rate per client and week at which `clients` live clients keep the budget."""
        nominal = BUDGET / max(clients * self.ready, 1)
        enough = nominal * self.weeks
        if enough < 1 or not self.rates:
            return nominal
        place = int(enough) - 1
        if place >= len(self.rates):
            return nominal
        return min(self.rates[place], nominal * _TRUST)


_KEPT = 4096
_FEW = 4.0
_TRUST = 4.0


@dataclass(frozen=True, slots=True)
class Usual:
    """For a reader: the client usually writes `every_days` (calendar days between conversations; their median).

    `gaps` is how many gaps that rests on, `quantile` the share of this client's gaps that end before the silence
    counts as unusual.
    """

    every_days: float
    gaps: int
    quantile: float


def unusual_after(
    state: State, prior: Prior, *, clients: int, faster: bool = False, calendar: Days = WEEKDAYS
) -> timedelta | None:
    """How long after `state.last` silence becomes unusual for this client, or None if it never is news.

    `clients` is the number of live clients of the firm, who share its budget of false alarms. `faster` where the
    client's last message was a complaint that nobody answered or where they wait for us: the alarm may then be
    false `FASTER` times as often, and one gap is enough of a rhythm.
    """
    state = _as_if_paused(state)
    if state.last is None or state.gaps < (1 if faster else FEWEST_GAPS):
        return None
    days = _threshold(state, prior, _tail(state, prior, clients=clients, faster=faster))
    if days > _TOO_LONG:
        return None
    day = in_season(state.last, days, prior.season, calendar=calendar)
    after = day - state.last + timedelta(days=1)
    return after if after < FADES else None


def fades_after(unusual: timedelta) -> timedelta:
    """How long after the last message an unusual silence stops being news: twice as long, 60 to 365 days."""
    return min(max(unusual * 2, unusual + timedelta(days=60)), max(FADES, unusual + timedelta(days=30)))


def explain(
    state: State, prior: Prior, *, clients: int, faster: bool = False, calendar: Days = WEEKDAYS
) -> Usual | None:
    """What is usual for this client, in words' reach; None before the second active day."""
    steady = state.gaps < FEWEST_GAPS
    state = _as_if_paused(state)
    if state.last is None or not state.gaps:
        return None
    middle = math.exp(_posterior(state, prior)[0]) + BURST_DAYS
    every = (calendar.add_days(state.last, max(1, round(middle))) - state.last).days
    if steady and state.first is not None:
        every = max(1, round((state.last - state.first).days / max(state.days - 1, 1)))
    elif state.gaps >= FEWEST_GAPS:
        every = max(1, round(middle * 7 / WEEK_DAYS))
    return Usual(float(every), state.gaps, 1 - _tail(state, prior, clients=clients, faster=faster))


_TOO_LONG = 400.0


def _as_if_paused(state: State) -> State:
    """A client who writes on `STEADY_DAYS` days and never pauses has the shortest rhythm there is, and not none.

    They count as having made the fewest pauses that are a rhythm, each just longer than a burst.
    """
    if state.gaps >= FEWEST_GAPS or state.days < STEADY_DAYS:
        return state
    gap = BURST_DAYS + 1
    missing = FEWEST_GAPS - state.gaps
    return replace(
        state,
        gaps=FEWEST_GAPS,
        weight=state.weight + missing,
        total=state.total + missing * _log(gap),
        squares=state.squares + missing * _log(gap) ** 2,
        span=state.span + missing * gap,
    )


def _log(gap: float) -> float:
    return math.log(gap - BURST_DAYS)


def _gaps(history: Sequence[date], calendar: Days) -> Iterable[int]:
    for before, after in pairwise(history):
        gap = calendar.days_between(before, after)
        if gap > BURST_DAYS:
            yield gap


def _posterior(state: State, prior: Prior) -> tuple[float, float, float]:
    """Location, scale and degrees of freedom of the next gap's logarithm."""
    weight = prior.pull + state.weight
    mean = (prior.pull * prior.mean + state.total) / weight
    own = state.total / state.weight if state.weight else 0.0
    spread = max(state.squares - state.weight * own * own, 0.0)
    shift = prior.pull * state.weight * (own - prior.mean) ** 2 / weight
    shape = prior.shape + state.weight / 2
    scale = prior.scale + (spread + shift) / 2
    return mean, math.sqrt(scale * (weight + 1) / (shape * weight)), 2 * shape


def _gaps_a_week(state: State, prior: Prior) -> float:
    usual = math.exp(prior.mean + prior.scale / (2 * max(prior.shape - 1, 0.5))) + BURST_DAYS
    return WEEK_DAYS * (state.weight + 1) / (state.span + usual)


def _tail(state: State, prior: Prior, *, clients: int, faster: bool) -> float:
    p = prior.allowed(clients) / _gaps_a_week(state, prior)
    return min(p * FASTER, MOST_FASTER) if faster else min(p, MOST)


def _threshold(state: State, prior: Prior, tail: float) -> float:
    mean, scale, freedom = _posterior(state, prior)
    log = mean + scale * t_quantile(1 - tail, freedom)
    return math.exp(min(log, 20.0)) + BURST_DAYS


def _scores(history: Sequence[date], prior: Prior, calendar: Days) -> Iterable[float]:
    """The alarm rate at which each gap would just have been flagged, by what was known before it."""
    state = State()
    for day in history:
        if state.last is not None and state.gaps >= FEWEST_GAPS:
            gap = calendar.days_between(state.last, day)
            if gap > BURST_DAYS:
                mean, scale, freedom = _posterior(state, prior)
                tail = 1 - t_share((_log(gap) - mean) / scale, freedom)
                if tail < MOST:
                    yield tail * _gaps_a_week(state, prior)
        state = state.observe(day, calendar=calendar)


def _moments(logs: Sequence[Sequence[float]]) -> Prior:
    """The prior by moments over clients with enough gaps, each moment shrunk to the default's."""
    default = Prior()
    own = [each for each in logs if len(each) >= FEWEST_GAPS]
    if not own:
        return default
    means = [fmean(each) for each in own]
    within = [pvariance(each) * len(each) / (len(each) - 1) for each in own]
    share = len(own) / (len(own) + _FEW)
    usual = default.scale / (default.shape - 1)
    variance = max(share * fmean(within) + (1 - share) * usual, 0.01)
    noise = fmean([inner / len(each) for inner, each in zip(within, own, strict=True)])
    between = max(pvariance(means) - noise, 0.05) if len(own) > 1 else variance
    between = share * between + (1 - share) * usual / default.pull
    return Prior(
        mean=share * median(means) + (1 - share) * default.mean,
        pull=min(max(variance / between, 0.05), 5.0),
        shape=default.shape,
        scale=variance * (default.shape - 1),
    )
