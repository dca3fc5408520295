"""False silences and real ones: the rhythm model beside the rules of thumb that peers use, on time held back.

    python -m bench.silence [--firms 6] [--seed 1] [--clients 10 50 200] [--archive FILE.mbox]

**Protocol.** What the clients have in common is fitted at the start of each quarter, on the past alone; the silences
that begin in the quarter are judged by it, each by the client's own days until then. No rule knows anything later.

**Invented firms** (`bench.invented`) live three years; the first is only learned from. A silence is false where the
client writes again; real where they had left for good (one in six a year). Caught: noticed within 120 days of the last
message, of those with so much time left and at least three pauses before; with fewer there is no rhythm (`no rhythm`).
Delay: calendar days from the last message to the alarm. The interval is over firms. Seeds from 100 on are for tuning.

**The same price.** A fixed number of days, chosen in hindsight so that it raises as many false silences as the model.

**The archive.** Senders (or domains) of public mailing lists stand for clients, seven weeks of summer 2002 (and four of
2017) being judged by what came before: who comes back was a false silence; of who does not, nobody knows whether they
left or the archive ends.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

from amends.judgement.mainstay import silent_from
from amends.judgement.rhythm import FEWEST_GAPS, WEEKDAYS, Prior, State, unusual_after
from amends.judgement.season import Days
from amends.judgement.working_time import WorkingTime
from bench.archive import SPANS, active_days
from bench.invented import BEGIN, END, KINDS, LEARNED, TRADES, Client, firm, house_of

__all__ = [
    "BEGIN",
    "CAUGHT",
    "END",
    "KINDS",
    "LEARNED",
    "Client",
    "Tally",
    "firm",
    "judge",
    "model",
    "priors",
    "thirty_days",
]

QUARTER = timedelta(days=91)
CAUGHT = timedelta(days=120)
OFFICE = WorkingTime("Europe/London", country="GB", subdivision="ENG")
ARCHIVE = Path(__file__).resolve().parents[2] / "shared" / "data" / "mail" / "lists-and-ham.mbox"

Alarm = timedelta | None
Rule = Callable[[Sequence[date], State, Prior, int, Days], Alarm]
Known = Sequence[tuple[date, Prior, int]]


@dataclass
class Tally:
    """What one rule did: days of false alarms, clients who left and could be noticed, and how fast they were."""

    when: list[date] = field(default_factory=list)
    left: int = 0
    no_rhythm: int = 0
    delays: list[int] = field(default_factory=list)
    by_kind: dict[str, int] = field(default_factory=dict)

    @property
    def false(self) -> int:
        """How many false alarms."""
        return len(self.when)


def model(_: Sequence[date], state: State, prior: Prior, live: int, calendar: Days) -> Alarm:
    """Ours."""
    return unusual_after(state, prior, clients=live, calendar=calendar)


def fixed(days: int) -> Rule:
    """So many days, whoever it is; nobody is judged on their first message."""
    return lambda seen, *_: timedelta(days=days) if seen else None


thirty_days = fixed(30)


def three_pauses(days: Sequence[date], *_: object) -> Alarm:
    """Three times the client's median pause between conversations."""
    pauses = [(after - before).days for before, after in pairwise(days) if (after - before).days > 4]
    return timedelta(days=3 * median(pauses)) if len(pauses) >= FEWEST_GAPS else None


RULES: dict[str, Rule] = {
    "rhythm model": model,
    "14 days": fixed(14),
    "30 days": thirty_days,
    "60 days": fixed(60),
    "3 x median pause": three_pauses,
}


def priors(
    clients: Sequence[Client], *, calendar: Days = WEEKDAYS, first: date = LEARNED, end: date = END
) -> list[tuple[date, Prior, int]]:
    """What was known of the firm at the start of each quarter: the prior, and how many clients were alive."""
    known = []
    day = first
    while day < end:
        past = [[each for each in one.days if each < day] for one in clients]
        live = sum(1 for each in past if each and day - each[-1] < timedelta(days=180))
        known.append((day, Prior.fit(past, calendar=calendar), max(live, 1)))
        day += QUARTER
    return known


def judge(
    clients: Sequence[Client],
    rule: Rule,
    known: Known,
    *,
    calendar: Days = WEEKDAYS,
    first: date = LEARNED,
    end: date = END,
) -> Tally:
    """Play one rule over the judged time."""
    tally = Tally()
    for one in clients:
        state = State()
        for index, after in _silences(one):
            last = one.days[index]
            state = state.observe(last, calendar=calendar)
            if after is not None and (after - last).days <= 4:
                continue
            prior, live = next(((p, n) for day, p, n in reversed(known) if day <= last), known[0][1:])
            alarm = rule(one.days[: index + 1], state, prior, live, calendar)
            at = last + alarm if alarm is not None else None
            _count(tally, one, last=last, after=after, at=at, gaps=state.gaps, span=(first, end))
    return tally


def _silences(one: Client) -> Iterator[tuple[int, date | None]]:
    """Each active day's index with the next active day, None after the last."""
    for index in range(len(one.days)):
        yield index, one.days[index + 1] if index + 1 < len(one.days) else None


def _count(
    tally: Tally, one: Client, *, last: date, after: date | None, at: date | None, gaps: int, span: tuple[date, date]
) -> None:
    first, end = span
    if after is not None:
        if at is not None and at < after and first <= at < end:
            tally.when.append(at)
            tally.by_kind[one.kind] = tally.by_kind.get(one.kind, 0) + 1
    elif one.left and last >= first and last + CAUGHT < end and one.kind != "rare":
        if gaps < FEWEST_GAPS:
            tally.no_rhythm += 1
            return
        tally.left += 1
        if at is not None and at <= last + CAUGHT:
            tally.delays.append((at - last).days)


def judge_contacts(clients: Sequence[Client], known: Known, *, calendar: Days) -> Tally:
    """Contacts who fall silent while colleagues go on (`mainstay`); who later writes again was no news."""
    tally = Tally()
    for one in clients:
        for person in one.people:
            for index, after in _silences(person):
                last = person.days[index]
                if last < LEARNED or (after is not None and (after - last).days <= 4):
                    continue
                prior, live = next((p, n) for day, p, n in reversed(known) if day <= last)
                seen = [day for day in one.days if after is None or day < after]
                at = silent_from(person.days[: index + 1], seen, prior, clients=live, calendar=calendar)
                if after is not None and at is not None and at < after:
                    tally.when.append(at)
                elif after is None and person.kind == "person gone" and last + CAUGHT < END:
                    tally.left += 1
                    if at is not None and at <= last + CAUGHT:
                        tally.delays.append((at - last).days)
    return tally


def interval(values: Sequence[float], *, rounds: int = 1000) -> tuple[float, float]:
    """The middle 95 percent of the mean over resampled values."""
    dice = random.Random("interval")
    means = sorted(sum(dice.choices(values, k=len(values))) / len(values) for _ in range(rounds))
    return means[int(0.025 * rounds)], means[int(0.975 * rounds)]


def row(name: str, tallies: Sequence[Tally], weeks: float) -> str:
    """One line of the table."""
    false = [tally.false / weeks for tally in tallies]
    low, high = interval(false)
    delays = sorted(delay for tally in tallies for delay in tally.delays)
    left = sum(tally.left for tally in tallies)
    share = f"{len(delays)}/{left} {len(delays) / left:4.0%}" if left else "-"
    slow = f"{median(delays):3.0f} {delays[int(0.9 * len(delays))]:4}" if delays else "  -    -"
    lost = sum(tally.no_rhythm for tally in tallies)
    mean = sum(false) / len(false)
    return f"  {name:18} {mean:6.2f} ({low:5.2f} to {high:5.2f}) {max(false):6.2f}  {share:>13} {slow} {lost:6}"


HEAD = f"  {'rule':18} {'false a week':>24} {'worst':>6}  {'caught':>13} {'median, 9 in 10':>8} {'no rhythm'}"


def same_price(firms: Sequence[Sequence[Client]], known: Sequence[Known], *, price: int, calendar: Days) -> int:
    """The fewest days that raise no more false alarms in all than `price`."""
    low, high = 5, 400
    while low < high:
        days = (low + high) // 2
        cost = sum(
            judge(each, fixed(days), knew, calendar=calendar).false for each, knew in zip(firms, known, strict=True)
        )
        low, high = (low, days) if cost <= price else (days + 1, high)
    return low


def table(firms: Sequence[Sequence[Client]], *, calendar: Days, rules: dict[str, Rule]) -> None:
    """All rules over some firms of one kind."""
    weeks = (END - LEARNED).days / 7
    known = [priors(each, calendar=calendar) for each in firms]
    price = 0
    for name, rule in rules.items():
        tallies = [judge(each, rule, knew, calendar=calendar) for each, knew in zip(firms, known, strict=True)]
        print(row(name, tallies, weeks))
        price = price or sum(tally.false for tally in tallies)
    if len(rules) > 1:
        days = same_price(firms, known, price=price, calendar=calendar)
        tallies = [judge(each, fixed(days), knew, calendar=calendar) for each, knew in zip(firms, known, strict=True)]
        print(row(f"{days} days, same price", tallies, weeks))
    if firms[0][0].people:
        tallies = [judge_contacts(each, knew, calendar=calendar) for each, knew in zip(firms, known, strict=True)]
        print(row("contacts (mainstay)", tallies, weeks))


def archive(path: Path) -> None:
    """The real archive: senders and domains as clients."""
    for whose in ("sender", "domain"):
        days = active_days(path, whose=whose)
        for learned, first, end in SPANS:
            clients = [
                Client([day for day in each if learned <= day], left=False, kind="") for each in days.values() if each
            ]
            clients = [one for one in clients if one.days]
            known = priors(clients, first=first, end=end)
            weeks = (end - first).days / 7
            ripe = sum(1 for one in clients if sum(day < first for day in one.days) > FEWEST_GAPS)
            print(
                f"\narchive by {whose}, {first} to {end}: {known[0][2]} alive, {ripe} with some past, {weeks:.0f} weeks"
            )
            print(f"  {'rule':18} {'false a week':>24}   silent to the end")
            for name, rule in RULES.items():
                tally = judge(clients, rule, known, first=first, end=end)
                by_week = [
                    sum(first + timedelta(7 * w) <= at < first + timedelta(7 * w + 7) for at in tally.when)
                    for w in range(int(weeks))
                ]
                low, high = interval(by_week)
                silent = _silent_at_end(clients, rule, known, first=first, end=end)
                print(f"  {name:18} {tally.false / weeks:6.2f} ({low:5.2f} to {high:5.2f})         {silent:4}")


def _silent_at_end(clients: Sequence[Client], rule: Rule, known: Known, *, first: date, end: date) -> int:
    """Alarms about those who never write again: caught, or past the archive's end; nobody knows."""
    count = 0
    for one in clients:
        state = State()
        for day in one.days:
            state = state.observe(day)
        prior, live = next(((p, n) for day, p, n in reversed(known) if day <= one.days[-1]), known[0][1:])
        alarm = rule(one.days, state, prior, live, WEEKDAYS)
        count += alarm is not None and first <= one.days[-1] + alarm < end
    return count


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, nargs="+", default=[10, 50, 200])
    parser.add_argument("--firms", type=int, default=6, help="how many firms of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trades", nargs="+", default=list(TRADES))
    parser.add_argument("--archive", type=Path, default=ARCHIVE)
    parser.add_argument("--model-only", action="store_true")
    wanted = parser.parse_args()
    rules: dict[str, Rule] = {"rhythm model": model} if wanted.model_only else RULES
    print(HEAD)
    for trade in wanted.trades:
        for size in wanted.clients:
            dice = (random.Random(f"{wanted.seed} {trade} {size} {each}") for each in range(wanted.firms))
            print(f"{trade}, {size} clients")
            table([house_of(each, TRADES[trade], size) for each in dice], calendar=OFFICE, rules=rules)
    if wanted.archive.exists() and not wanted.model_only:
        archive(wanted.archive)


if __name__ == "__main__":
    main()
