"""What only the course of things shows: an issue said again, an old one coming back, a conversation about to derail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from amends.clients.models import Client
from amends.judgement.derailing import Derailing, Turn, at_base, derailing
from amends.judgement.model import current
from amends.judgement.model.outputs import FEELINGS
from amends.judgement.returning import Issue, Match, Verdict, Verdicts, returning, same_in_thread
from amends.mail.models import Direction, Message, Thread
from amends.mail.queries import SYSTEM, texts
from amends.signals.actions import keep_vectors
from amends.signals.models import IssueVector, Signal, SignalKind
from amends.signals.queries import issues_of, tones_of, verdicts_on_returns

_COMPARED = 200  # issues of one client that are looked at, the latest
_EARLIER = 60  # of them, those that one is compared with: the last ones before it
_MARK = "compared"  # a complaint that was compared with what this client had said before
_TURNS = 12  # of a conversation, up to the one that is judged
_LOOKED_AT = 40  # turns of a long conversation, the latest
_BASE = 0.15  # the share of conversations with a complaint that derail; nobody has measured it: a cautious guess
_LIKELY = 0.5
_CALM = 0.3  # a conversation in which nothing complains at least so likely is not looked at


def course_of(
    threads: Sequence[Thread], messages: dict[int, list[Message]], known: dict[int, list[Signal]]
) -> list[Signal]:
    """Signals of these threads that are new or have changed; complaints must have been recorded before."""
    said = [
        [s for message in messages[thread.pk] for s in known[message.pk] if s.kind == SignalKind.COMPLAINT]
        for thread in threads
    ]
    issues = _vectors([signal for each in said for signal in each])
    changed = [signal for each in said for signal in _said_again(each, issues)]
    return changed + _derailing(threads, messages, known)


def comes_back(clients: Iterable[Client]) -> list[Signal]:
    """Complaints that these clients have made before, in another conversation; each compared once.

    Mail that arrives late has complaints that lie before others: those are compared once more.
    """
    by_client = issues_of(clients, each=_COMPARED)
    waiting = {client: each for client, each in by_client.items() if any(_MARK not in s.detail for s in each)}
    if not waiting:
        return []
    issues = _vectors([signal for each in waiting.values() for signal in each])
    verdicts = {
        client: Verdicts(tuple(Verdict(Issue(a), Issue(b), same) for a, b, same in rows))
        for client, rows in verdicts_on_returns(waiting).items()
    }
    found: list[Signal] = []
    for client, complaints in waiting.items():
        since = min(signal.said_at for signal in complaints if _MARK not in signal.detail)
        for signal in complaints:
            if signal.said_at < since:
                continue
            before = [old for old in complaints if _before(old, signal)]
            earlier = [(old, issues[old.pk]) for old in before[-_EARLIER:]]
            bar = verdicts.get(client, Verdicts())
            match = returning(issues[signal.pk], earlier, verdicts=bar)
            signal.detail[_MARK] = True
            found.append(signal)
            if match is not None and "same_as" not in signal.detail:
                found.append(_back(signal, match))
    return found


def _before(old: Signal, new: Signal) -> bool:
    return old.said_at < new.said_at and old.message.thread_id != new.message.thread_id


def _vectors(complaints: Sequence[Signal]) -> dict[int, Issue]:
    """Each complaint as an issue, by its key; vectors that are not there yet, or are another model's, are made."""
    model = current()
    version = model.card.version if model else ""
    rows = IssueVector.objects.filter(signal__in=[signal.pk for signal in complaints], made_by=version)
    known = {row.signal_id: np.frombuffer(bytes(row.numbers), np.float16).astype(np.float32) for row in rows}
    missing = [signal for signal in complaints if signal.pk not in known]
    if model and missing:
        made = model.vectors([signal.quote for signal in missing])
        known.update({signal.pk: vector for signal, vector in zip(missing, made, strict=True)})
        keep_vectors(
            IssueVector(signal=signal, numbers=vector.astype(np.float16).tobytes(), made_by=version)
            for signal, vector in zip(missing, made, strict=True)
        )
    return {signal.pk: Issue(signal.quote, known.get(signal.pk)) for signal in complaints}


def _said_again(complaints: Sequence[Signal], issues: dict[int, Issue]) -> list[Signal]:
    """The same issue said twice in a thread is one: what repeats an unanswered one is folded into it.

    It depends on nothing that was said later, so that *Today* as it stood then knows nothing later either.
    """
    changed: list[Signal] = []
    first: list[Signal] = []
    for signal in complaints:
        open_ones = [
            each
            for each in first
            if each.said_at < signal.said_at and (each.answered_at is None or each.answered_at > signal.said_at)
        ]
        match = same_in_thread(issues[signal.pk], [(each.key, issues[each.pk]) for each in open_ones])
        if match is None:
            first.append(signal)
            if signal.detail.pop("same_as", None):
                signal.cleared_at = None
                changed.append(signal)
        elif signal.detail.get("same_as") != match.key or signal.cleared_at != signal.raised_at:
            signal.detail["same_as"] = match.key
            signal.cleared_at = signal.raised_at
            changed.append(signal)
    return changed


def _back(signal: Signal, match: Match[Signal]) -> Signal:
    old = match.key
    return Signal(
        client_id=signal.client_id,
        kind=SignalKind.RETURNING_ISSUE,
        message_id=signal.message_id,
        quote=signal.quote,
        start=signal.start,
        end=signal.end,
        rule="returning",
        confidence=match.p,
        said_at=signal.said_at,
        raised_at=signal.raised_at,
        cleared_at=signal.cleared_at,
        answered_at=signal.answered_at,
        detail={
            "why": f"They said so before: both speak of {match.words}." if match.words else "They said so before.",
            "earlier": old.key,
            "earlier_quote": old.quote,
            "earlier_at": old.said_at.isoformat(),
            "earlier_message": str(old.message.public_id),
            "shared": match.words,
        },
        key=f"returning_issue:{signal.key}",
    )


def _derailing(
    threads: Sequence[Thread], messages: dict[int, list[Message]], known: dict[int, list[Signal]]
) -> list[Signal]:
    """Where each conversation stood at each turn of the client's, by what was known then."""
    tones = tones_of([message.pk for thread in threads for message in messages[thread.pk]])
    heated = {
        thread.pk: messages[thread.pk]
        for thread in threads
        if len(messages[thread.pk]) > 1 and any(_hot(tones.get(message.pk)) for message in messages[thread.pk])
    }
    words = texts(SYSTEM, [message.pk for each in heated.values() for message in each])
    found: list[Signal] = []
    for thread in threads:
        before = {s.key: s for m in messages[thread.pk] for s in known[m.pk] if s.kind == SignalKind.DERAILING}
        made = _forecasts(heated[thread.pk], tones, words) if thread.pk in heated else []
        found += made
        for old in (before[key] for key in before.keys() - {signal.key for signal in made}):
            if old.cleared_at != old.raised_at:  # mail that came later shows that it never was so
                old.cleared_at = old.raised_at
                found.append(old)
    return found


def _hot(tone: tuple[dict[str, float], float] | None) -> bool:
    return tone is not None and tone[1] >= _CALM


def _forecasts(
    messages: Sequence[Message], tones: dict[int, tuple[dict[str, float], float]], words: dict[int, str]
) -> list[Signal]:
    """One signal for each turn of the client's after which the conversation was likely to derail.

    It ends with the first turn after which that is no longer likely, or with the client's next, which speaks for
    itself.
    """
    turns = [_turn(message, tones.get(message.pk), words.get(message.pk, "")) for message in messages]
    found: list[Signal] = []
    for place in range(max(1, len(messages) - _LOOKED_AT), len(messages)):
        message, first = messages[place], max(0, place + 1 - _TURNS)
        if not any(_hot(tones.get(each.pk)) for each in messages[first : place + 1]):
            continue
        said = derailing(turns[first : place + 1])
        p = at_base(said.p, _BASE)
        theirs = message.direction == Direction.IN and message.client_id is not None
        if found and found[-1].cleared_at is None and (theirs or p < _LIKELY):
            found[-1].cleared_at = message.sent_at
        if theirs and p >= _LIKELY:
            found.append(_derails(message, said, p, here=said.turn is not None and first + said.turn == place))
    return found


def _turn(message: Message, tone: tuple[dict[str, float], float] | None, text: str) -> Turn:
    feelings, complaint = tone or ({name: float(name == "neutral") for name in FEELINGS}, 0.0)
    return Turn(
        at=message.sent_at,
        by="client" if message.direction == Direction.IN else "firm",
        words=len(text.split()),
        feelings=feelings,
        complaint=complaint,
        text=text,
    )


def _derails(message: Message, said: Derailing, p: float, *, here: bool) -> Signal:
    return Signal(
        client_id=message.client_id,  # type: ignore[misc]  # the caller looked for one with a client
        kind=SignalKind.DERAILING,
        message=message,
        quote=said.quote if here else "",
        start=said.start if here else None,
        end=said.end if here else None,
        rule="derailing",
        confidence=round(p, 3),
        said_at=message.sent_at,
        raised_at=message.sent_at,
        detail={"why": said.why, "drivers": list(said.drivers)},
        key=f"derailing:{message.public_id}",
    )
