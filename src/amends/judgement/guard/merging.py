"""From everything that fired to the few findings that people see: the strongest first, said once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from amends.judgement.guard.types import SEVERITIES, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 5
"""So many findings of a draft are shown."""

_WORDS = 3
_EACH = frozenset({"glossary", "blame", "excuse", "denial", "sarcasm", "insult"})
"""Families of which each place wants other words put in, so that up to `_WORDS` of one rule are told."""
_SAID_BY = {
    "feeling_ignored": frozenset({"blame", "denial", "excuse", "insult", "sarcasm", "complaint_not_owned"}),
    "open_issue_unanswered": frozenset({"blame", "denial", "insult", "sarcasm", "complaint_not_owned"}),
    "bad_news_without_plan": frozenset(
        {"blame", "denial", "excuse", "insult", "sarcasm", "admits_without_solution", "promise_without_date"}
    ),
    "promise_without_date": frozenset({"insult", "sarcasm", "over_promise", "beyond_authority", "attachment_missing"}),
    "admits_without_solution": frozenset(
        {"insult", "sarcasm", "blame", "excuse", "over_promise", "promise_without_date"}
    ),
    "reply_all_risk": frozenset({"talks_about_recipient"}),
    "new_domain": frozenset({"two_clients_together"}),
}
"""A finding of the family on the left says nothing new beside one of those on the right."""
_ALWAYS = frozenset({"favour-too-soon"})
"""Rules that say something new whatever stands beside them."""
_BEFORE_OTHERS = ("insult", "sarcasm", "blame", "denial", "excuse", "over_promise")
"""In one sentence the first of these is kept."""


def merged(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """At most MOST, the strongest first and then in the order of the text, merged where they say the same.

    Of one rule one finding is told, the first of its strongest, with the number of places it holds for; of words that
    a client does not use, and of tones that hurt, `_WORDS`, for each has another to take its place.
    """
    kept: list[Finding] = []
    for each in sorted(found, key=_rank):
        if not any(_same(each, other) for other in kept):
            kept.append(each)
    families = {each.family for each in kept}
    kept = [each for each in kept if each.rule in _ALWAYS or not _SAID_BY.get(each.family, frozenset()) & families]
    places = Counter(each.rule for each in kept)
    told: list[Finding] = []
    shown: Counter[str] = Counter()
    for each in kept:
        most = _WORDS if each.family in _EACH else 1
        if shown[each.rule] < most:
            told.append(_counted(each, places[each.rule]) if places[each.rule] > most else each)
        shown[each.rule] += 1
    return tuple(told[:MOST])


def _counted(finding: Finding, places: int) -> Finding:
    return replace(finding, why=f"{finding.why} {places} places.")


def _rank(finding: Finding) -> tuple[int, int, int]:
    tone = _BEFORE_OTHERS.index(finding.family) if finding.family in _BEFORE_OTHERS else len(_BEFORE_OTHERS)
    return SEVERITIES.index(finding.severity), tone, finding.start if finding.start is not None else -1


def _same(one: Finding, other: Finding) -> bool:
    """Do both speak of the same words in the same or a kindred way, or of the same thing about the whole."""
    if one.start is None or other.start is None:
        return one.family == other.family
    overlap = one.start < (other.end or 0) and other.start < (one.end or 0)
    tone = one.family in _BEFORE_OTHERS and other.family in _BEFORE_OTHERS
    if one.family == other.family == "glossary":
        return one.quote == other.quote
    return overlap and (tone or one.family == other.family)
