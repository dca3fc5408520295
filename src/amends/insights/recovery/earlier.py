"""What happened last time: what a client said before that is like what they say now, how it ended, what was given.

Earlier issues are those of this client's earlier recoveries, and complaints in mail that no recovery took up. Vectors
that were made when mail was judged are used again; what a person typed gets one here, remembered by its words.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from django.db.models import Q

from amends.judgement.model import NoModel, current
from amends.judgement.returning import Floats, bar, likeness, shared
from amends.judgement.returning import Issue as Said
from amends.mail.privacy import SYSTEM, Reader, is_readable
from amends.recovery import queries
from amends.recovery.models import Closing, Issue, Recovery, Remedy, RemedyState
from amends.signals.models import SignalKind
from amends.signals.queries import standing, vectors_of

_COMPARED = 150  # earlier issues, and complaints, the latest
_HINT = 0.25  # likeness from which a person is shown an earlier issue as one that may be the same
_SHOWN = 2  # beside each point


_Place = tuple[int | None, int | None]
"""A message's key, and where in it."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Something that this client said before. `issue` and `recovery` where a recovery was about it.

    `ended` is open, yes or unconfirmed, or for mail alone thanked, answered or unanswered. `promises` are what was
    promised then, and whether it was kept; what we said we would do stands in `we_did`.
    """

    quote: str
    said_at: datetime
    ended: str
    p: float
    words: str
    message: uuid.UUID | None = None
    thread: uuid.UUID | None = None
    issue: uuid.UUID | None = None
    recovery: uuid.UUID | None = None
    we_did: str = ""
    by_when: object = None
    given: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    linked: bool = False  # said to be the same

    @property
    def sure(self) -> bool:
        """Whether it is as like as what Amends would call the same by itself."""
        return self.linked or self.p >= bar(vectors=True)


@dataclass(slots=True)
class _Candidate:
    key: int  # of the issue; of mail alone, negative
    said: Said
    made: Earlier
    issue: Issue | None = None


@dataclass(frozen=True, slots=True)
class LastTime:
    """What stands beside a point: what is like it, and how often it was said, this time included."""

    earlier: tuple[Earlier, ...] = field(default=())
    times: int = 1


def last_time(reader: Reader, recovery: Recovery, issues: Sequence[Issue]) -> dict[int, LastTime]:
    """For each of these points (by key) what this client said before that is like it; a handful of queries."""
    candidates = _candidates(reader, recovery)
    if not candidates or not issues:
        return {}
    vectors = _of_issues(issues)
    return {issue.pk: _beside(issue, Said(issue.quote, vectors.get(issue.pk)), candidates) for issue in issues}


def likely_first(recovery: Recovery, issues: Sequence[Issue]) -> dict[int, Issue]:
    """For each of these points (by key) the earlier issue of a recovery that it surely repeats."""
    candidates = [one for one in _candidates(SYSTEM, recovery) if one.issue is not None]
    vectors, found = _of_issues(issues) if candidates else {}, {}
    for issue in issues if candidates else ():
        said = Said(issue.quote, vectors.get(issue.pk))
        best = max(candidates, key=lambda one: likeness(said, one.said))
        whole = said.vector is not None and best.said.vector is not None
        if best.issue is not None and likeness(said, best.said) >= bar(vectors=whole):
            found[issue.pk] = best.issue
    return found


def _beside(issue: Issue, said: Said, candidates: Sequence[_Candidate]) -> LastTime:
    linked = {issue.recurs_id} - {None}
    rated = [(likeness(said, one.said), one) for one in candidates]
    rated = [each for each in rated if each[0] >= _HINT or each[1].key in linked]
    rated.sort(key=lambda each: (each[1].key not in linked, -each[0], -each[1].made.said_at.timestamp()))
    same = sum(
        one.key in linked or (one.issue is not None and one.issue.recurs_id in linked) for _p, one in rated
    )  # fmt: skip
    found = tuple(
        Earlier(
            **{name: getattr(one.made, name) for name in _KEPT},
            p=p, words=shared(issue.quote, one.made.quote), linked=one.key in linked,
        )
        for p, one in rated[:_SHOWN]
    )  # fmt: skip
    return LastTime(found, 1 + same)


_KEPT = (
    "quote",
    "said_at",
    "ended",
    "message",
    "thread",
    "issue",
    "recovery",
    "we_did",
    "by_when",
    "given",
    "promises",
)


def _candidates(reader: Reader, recovery: Recovery) -> list[_Candidate]:
    """What this client said before this recovery, of what the reader may read."""
    earlier = _issues_before(reader, recovery)
    given = _given([one.pk for one in earlier])
    vectors = _of_issues(earlier)
    found = [
        _Candidate(one.pk, Said(one.quote, vectors.get(one.pk)), _of_recovery(one, given[one.pk]), one)
        for one in earlier
    ]
    taken = {(one.message_id, one.start) for one in earlier}
    return found + _in_mail(reader, recovery, taken)


def _issues_before(reader: Reader, recovery: Recovery) -> list[Issue]:
    rows = (
        queries.standing_points()
        .filter(recovery__client=recovery.client_id, recovery__opened_at__lt=recovery.opened_at)
        .exclude(recovery=recovery)
        .exclude(recovery__closing=Closing.MISTAKEN)
        .select_related("recovery", "finding", "message__thread", "recurs")
        .order_by("-said_at", "-pk")
    )
    found = list(rows[:_COMPARED])
    seen = queries.seen_whole(reader, list({one.recovery_id: one.recovery for one in found}.values()))
    return [one for one in found if one.recovery_id in seen]


def _in_mail(reader: Reader, recovery: Recovery, taken: set[_Place]) -> list[_Candidate]:
    """Complaints in this client's mail that no recovery took up, of other conversations than this one's."""
    here = recovery.threads.values("thread")
    rows = standing().filter(client=recovery.client_id, kind=SignalKind.COMPLAINT, said_at__lt=recovery.began_at)
    rows = rows.exclude(message__thread__in=here).exclude(Q(quote=""))
    if reader.restricted:
        rows = rows.filter(is_readable(reader))
    signals = list(rows.select_related("message__thread").order_by("-said_at", "-pk")[:_COMPARED])
    kept = [one for one in signals if (one.message_id, one.start) not in taken and "same_as" not in one.detail]
    vectors = _vectors_kept({(one.message_id, one.start): one.pk for one in kept})
    found = []
    for one in kept:
        ended = "thanked" if one.cleared_at else "answered" if one.answered_at else "unanswered"
        made = Earlier(
            one.quote, one.said_at, ended, 0.0, "", message=one.message.public_id, thread=one.message.thread.public_id
        )
        found.append(_Candidate(-one.pk, Said(one.quote, vectors.get((one.message_id, one.start))), made))
    return found


def _of_recovery(issue: Issue, given: Sequence[str]) -> Earlier:
    finding = getattr(issue, "finding", None)
    message = issue.message
    return Earlier(
        issue.quote, issue.said_at, issue.recovery.closing or "open", 0.0, "",
        message=message.public_id if message else None, thread=message.thread.public_id if message else None,
        issue=issue.public_id, recovery=issue.recovery.public_id, we_did=finding.we_do if finding else "",
        by_when=finding.by_when if finding else None, given=tuple(given),
    )  # fmt: skip


def _given(issues: Sequence[int]) -> dict[int, list[str]]:
    """What was agreed or done for these issues."""
    found: dict[int, list[str]] = defaultdict(list)
    if not issues:
        return found
    rows = Remedy.objects.filter(issue__in=list(issues), state__in=[RemedyState.AGREED, RemedyState.DONE])
    for issue, what in rows.order_by("at").values_list("issue_id", "what"):
        found[issue or 0].append(what)
    return found


def _of_issues(issues: Sequence[Issue]) -> dict[int, Floats]:
    """A vector for each issue, by its key: that of its signal, or one made of its words; none without a model."""
    places: dict[_Place, int] = {(one.message_id, one.start): one.pk for one in issues if one.message_id is not None}
    found: dict[int, Floats] = {}
    if places:
        signals = _signals_at({key for key, _start in places if key is not None})
        kept = _vectors_kept({place: signal for place, signal in signals.items() if place in places})
        found = {places[place]: vector for place, vector in kept.items()}
    missing = [one for one in issues if one.pk not in found]
    made = _made([one.quote for one in missing])
    found.update({one.pk: vector for one, vector in zip(missing, made, strict=False)})
    return found


def _signals_at(messages: Iterable[int]) -> dict[_Place, int]:
    """The complaints of these messages by their place."""
    rows = standing().filter(message__in=list(messages), kind=SignalKind.COMPLAINT)
    return {(message, start): key for key, message, start in rows.values_list("pk", "message_id", "start")}


def _vectors_kept(signals: dict[_Place, int]) -> dict[_Place, Floats]:
    """Vectors that were made when the mail was judged, by the place of their words."""
    model = current()
    if model is None or not signals:
        return {}
    known = vectors_of(signals.values(), version=model.card.version)
    return {place: known[key] for place, key in signals.items() if key in known}


def _made(quotes: Sequence[str]) -> list[Floats]:
    """Vectors of words that no mail holds; none without a model."""
    model = current()
    try:
        return [_vector(quote, model.card.version) for quote in quotes] if model is not None else []
    except NoModel:
        return []


@lru_cache(maxsize=1024)
def _vector(quote: str, _version: str) -> Floats:
    model = current()
    if model is None:
        raise NoModel("There is no model any more.")
    made: Floats = model.vectors([quote])[0]
    return made
