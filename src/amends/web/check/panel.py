"""From findings to what stands beside a text: cards with their words, their place, and what would stand instead."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from amends.judgement.guard import Finding, rules, verdict_of
from amends.outbox.models import Reason
from amends.web.check import places, words

_SENTENCES = frozenset(  # families whose suggestion is a sentence to stand in the text
    {
        "blame", "excuse", "denial", "sarcasm", "insult", "over_promise", "admits_without_solution",
        "complaint_not_owned", "promise_without_date", "bad_news_without_plan", "open_issue_unanswered",
        "feeling_ignored", "beyond_authority",
    }
)  # fmt: skip
_FIRST = frozenset({"complaint_not_owned", "feeling_ignored"})  # what the client has to read before anything else
_LEAVE_OUT = "Leave it out."


@dataclass(frozen=True, slots=True)
class Card:
    """One finding. `start` to `end` is its place in the text as typed, as browsers count; `instead` are the words that
    would stand there, "" where the suggestion is something to do. `dismissed`: this member did, and it stands."""

    finding: Finding
    look: words.Look
    family: str
    start: int | None = None
    end: int | None = None
    instead: str = ""
    dismissed: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a text, and the card of the finding that lies on it."""

    text: str
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """What stands beside a text; `gone` are findings that were dismissed."""

    cards: list[Card]
    gone: list[Card]
    verdict: str
    said: str
    counted: str
    blank: bool = False

    @property
    def held(self) -> bool:
        """Whether it would be held back as it stands."""
        return self.verdict == "hold"


def panel(
    text: str, findings: Sequence[Finding], *, dismissed: Collection[Finding] = (), standing: Collection[str] = ()
) -> Panel:
    """For a typed text with LF line ends. `standing` are marks of dismissed findings that still count."""
    span = places.typed_places(text)
    cards = [_card(each, text, span, dismissed=each.mark in standing) for each in findings]
    marks = {each.mark for each in findings}
    gone = [_card(each, text, span) for each in dismissed if each.mark not in marks]
    severities = [each.severity for each in findings]
    blank = not text.strip()
    return Panel(
        cards, gone, verdict_of(findings), words.said(severities, blank=blank), words.counted(len(cards)), blank
    )


def kept(rows: Sequence[dict[str, Any]]) -> list[Finding]:
    """Findings as a draft keeps them; those of an older shape are left out."""
    found = []
    for row in rows:
        try:
            found.append(Finding(**row))
        except TypeError:
            continue
    return [each for each in found if each.severity in words.LOOKS]


def runs(text: str, cards: Sequence[Card]) -> list[Run]:
    """`text` in stretches, those with a finding apart; of two that overlap the earlier one is shown."""
    found: list[Run] = []
    done = 0
    raw = text.encode("utf-16-le", "surrogatepass")
    for card in sorted((each for each in cards if each.end), key=lambda each: (each.start or 0, each.end or 0)):
        start, end = card.start or 0, card.end or 0
        if start < done or start == end:
            continue
        found += [Run(_part(raw, done, start)), Run(_part(raw, start, end), card)]
        done = end
    found.append(Run(_part(raw, done, len(raw) // 2)))
    return [each for each in found if each.text]


def reasons() -> list[tuple[str, str]]:
    """Why a finding may be dismissed."""
    return [(str(value), str(label)) for value, label in Reason.choices]


def _part(raw: bytes, start: int, end: int) -> str:
    return raw[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


def _card(finding: Finding, text: str, span: Any, *, dismissed: bool = False) -> Card:
    look, family = words.LOOKS[finding.severity], words.family_name(finding.family)
    if finding.start is not None and finding.end is not None:
        first, last = span(finding.start, finding.end)
        start, end = places.units(text, first), places.units(text, last)
        return Card(finding, look, family, start, end, _instead(finding), dismissed)
    if finding.family not in _SENTENCES:
        return Card(finding, look, family, dismissed=dismissed)
    if finding.family in _FIRST:
        at = places.after_greeting(text)
        return Card(finding, look, family, *2 * (places.units(text, at),), f"{finding.suggestion}\n\n", dismissed)
    at = places.end_of_words(text)
    return Card(finding, look, family, *2 * (places.units(text, at),), f"\n\n{finding.suggestion}", dismissed)


def _instead(finding: Finding) -> str:
    """The words that would stand in place of the quote."""
    rule = rules().get(finding.rule)
    if finding.suggestion in {"", _LEAVE_OUT}:
        return ""
    if finding.family in _SENTENCES or finding.family == "glossary":
        return finding.suggestion
    own = rule is None or finding.suggestion == rule.suggestion
    return "" if own or finding.rule != "greeting-name" else finding.suggestion
