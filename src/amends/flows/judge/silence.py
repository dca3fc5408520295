"""Silence that is unusual for one client, worked out when its mail arrives and coming true by the clock alone.

Every pause in a client's correspondence is judged by what was known when it began: the client's own rhythm so far,
and what the firm's clients had in common at the start of that quarter (`RhythmPrior`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from amends.clients.models import Client
from amends.clients.queries import live_clients
from amends.firm.models import Firm
from amends.judgement.rhythm import Prior, State, explain, fades_after, unusual_after
from amends.judgement.working_time import WorkingTime
from amends.mail.models import Message
from amends.mail.queries import active_days, all_active_days, last_received_on
from amends.signals.models import RhythmPrior, Signal, SignalKind
from amends.signals.queries import standing

_WRONGS = (SignalKind.COMPLAINT, SignalKind.ANGER, SignalKind.LEAVING, SignalKind.UNANSWERED)
_SHORT = 4  # working days; no pause this short is ever unusual
_UNHEARD = timedelta(days=3)  # a wrong that we left without answer for so long makes us listen sooner


class Quiet:
    """What the firm's clients have in common, by quarter; made when first asked for, and kept."""

    def __init__(self, firm: Firm, working: WorkingTime) -> None:
        self.working = working
        self.zone = ZoneInfo(firm.timezone)
        self.day_start = firm.day_start
        self._known: dict[date, tuple[Prior, int]] = {
            row.as_of: (_prior(row.numbers), row.live_clients) for row in RhythmPrior.objects.all()
        }
        self._histories: list[list[date]] | None = None

    def prior(self, day: date) -> tuple[Prior, int]:
        """What was known at the start of the quarter of `day`, and how many clients were alive then."""
        quarter = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        if quarter not in self._known:
            if self._histories is None:
                self._histories = all_active_days()
            before = [[each for each in history if each < quarter] for history in self._histories]
            prior = Prior.fit(before, calendar=self.working)
            found = (prior, max(1, live_clients(self.morning(quarter))))
            RhythmPrior.objects.get_or_create(
                as_of=quarter, defaults={"numbers": asdict(prior), "live_clients": found[1]}
            )
            self._known[quarter] = found
        return self._known[quarter]

    def morning(self, day: date) -> datetime:
        """When the firm begins to work on `day`."""
        return datetime.combine(day, self.day_start, tzinfo=self.zone)


def silences(clients: Sequence[Client], quiet: Quiet) -> Iterator[Signal]:
    """Every unusual silence of these clients, past ones with their end, that is not recorded as it should be."""
    days = active_days(clients)
    kinds = [SignalKind.SILENCE, *_WRONGS]
    signals: dict[int, list[Signal]] = defaultdict(list)
    for signal in standing().filter(client__in=clients, kind__in=kinds).order_by("id"):
        signals[signal.client_id].append(signal)
    for client in clients:
        yield from _silences(client, days[client.pk], signals[client.pk], quiet)


def _silences(client: Client, days: Sequence[date], signals: Sequence[Signal], quiet: Quiet) -> Iterator[Signal]:
    known = {signal.key: signal for signal in signals if signal.kind == SignalKind.SILENCE}
    unheard = _unheard_days([signal for signal in signals if signal.kind in _WRONGS], quiet)
    state = State()
    for place, day in enumerate(days):
        state = state.observe(day, calendar=quiet.working)
        following = days[place + 1] if place + 1 < len(days) else None
        if following is not None and quiet.working.days_between(day, following) <= _SHORT:
            continue
        found = _silence(client, state, following, quiet, faster=day in unheard)
        if found is None:
            continue
        before = known.pop(found.key, None)
        if before is None:
            message = last_received_on(client, quiet.morning(day).replace(hour=0, minute=0), days=1)
            if message is not None:
                yield _with_evidence(found, message)
        elif (before.raised_at, before.cleared_at) != (found.raised_at, found.cleared_at):
            before.raised_at, before.cleared_at, before.detail = found.raised_at, found.cleared_at, found.detail
            yield before
    for outdated in known.values():
        if outdated.cleared_at is None or outdated.cleared_at > outdated.raised_at:
            outdated.cleared_at = outdated.raised_at  # mail that came later shows that it was no silence
            yield outdated


def _silence(client: Client, state: State, following: date | None, quiet: Quiet, *, faster: bool) -> Signal | None:
    if state.last is None:
        return None
    prior, alive = quiet.prior(state.last)
    after = unusual_after(state, prior, clients=alive, faster=faster, calendar=quiet.working)
    if after is None or (following is not None and state.last + after >= following):
        return None
    usual = explain(state, prior, clients=alive, faster=faster, calendar=quiet.working)
    raised = quiet.morning(state.last + after)
    ended = quiet.morning(state.last + fades_after(after))
    if following is not None:
        ended = min(ended, quiet.morning(following))
    return Signal(
        client_id=client.pk,
        kind=SignalKind.SILENCE,
        rule="silence.after_complaint" if faster else "silence.rhythm",
        confidence=round(usual.quantile, 3) if usual else 0.9,
        raised_at=raised,
        cleared_at=ended,
        detail={
            "every_days": usual.every_days if usual else 0,
            "gaps": usual.gaps if usual else 0,
            "since": state.last.isoformat(),
        },
        key=f"silence:{client.public_id}:{state.last.isoformat()}",
    )


def _with_evidence(signal: Signal, message: Message) -> Signal:
    signal.message = message
    signal.said_at = message.sent_at
    signal.quote = message.snippet
    return signal


def _unheard_days(wrongs: Sequence[Signal], quiet: Quiet) -> set[date]:
    """Days on which the client said that something is wrong, or asked, and did not hear from us for days."""
    return {
        signal.said_at.astimezone(quiet.zone).date()
        for signal in wrongs
        if (answer := signal.cleared_at if signal.kind == SignalKind.UNANSWERED else signal.answered_at) is None
        or answer - signal.said_at > _UNHEARD
    }


def _prior(numbers: dict[str, object]) -> Prior:
    known = {**numbers, "rates": tuple(numbers.get("rates") or ())}  # type: ignore[arg-type]
    return Prior(**known)  # type: ignore[arg-type]
