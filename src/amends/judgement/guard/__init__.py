"""The guard: an outgoing message read before it can do harm. Pure: no Django, no database, no mail parser.

`check` judges one draft in its context. Rules are data (`rulesets/*.toml`); wording rules go sentence by sentence
over the new text, the others are decided by functions over the whole (`deciding`). A rule that raises is skipped and
named in the result. The encoder reads at most four sentences of a draft, only where rules are in doubt whether the
client complains, or whether a point of theirs is answered.

What it cannot do: wording in other languages than English (recipients and facts are judged in any, attachments in six),
contempt in words of the writer's own, and knowing whether what a draft says is true.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amends.judgement.guard import own, rulefiles, wording
from amends.judgement.guard.deciding import DECIDE
from amends.judgement.guard.merging import MOST, merged
from amends.judgement.guard.rulefiles import GuardRule
from amends.judgement.guard.types import (
    FAMILIES,
    SEVERITIES,
    Avoided,
    Client,
    Context,
    Draft,
    Earlier,
    Example,
    Family,
    Finding,
    Glossary,
    Mailbox,
    Promised,
    Result,
    Settings,
    Severity,
    Verdict,
)
from amends.judgement.guard.unmasked import readings
from amends.judgement.guard.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from amends.judgement.guard.hits import Hit
    from amends.judgement.guard.unmasked import Reading

__all__ = [
    "FAMILIES",
    "MOST",
    "SEVERITIES",
    "Avoided",
    "Client",
    "Context",
    "Draft",
    "Earlier",
    "Example",
    "Family",
    "Finding",
    "Glossary",
    "GuardRule",
    "Mailbox",
    "Promised",
    "Result",
    "Settings",
    "Severity",
    "Verdict",
    "check",
    "rules",
    "verdict_of",
]

_NOTHING = Context()


def rules() -> Mapping[str, GuardRule]:
    """Every rule by id."""
    return rulefiles.load()


def check(draft: Draft, context: Context = _NOTHING) -> Result:
    """Judge a draft. Never raises on any text; time is linear in its length."""
    found: list[Finding] = []
    failed: dict[str, str] = {}
    deep = 0
    for reading in readings(draft.new_text):
        view = View(replace(draft, new_text=reading.text), context)
        fired = own.taught(list(_fired(view, failed)), view)
        whole = [(rule, hit) for rule, hit in fired if _whole(hit, reading.text)]
        found += [_finding(rule, hit, draft.new_text, reading, context) for rule, hit in whole]
        failed |= view.failed
        deep = max(deep, view.deep)
    kept = merged(found)
    return Result(verdict_of(kept), kept, failed, deep)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """What these findings come to: a stop holds, a warning asks, advice only shows."""
    severities = {each.severity for each in findings}
    return "hold" if "stop" in severities else "warn" if "warn" in severities else "send"


def _fired(view: View, failed: dict[str, str]) -> Iterator[tuple[GuardRule, Hit]]:
    settings = view.context.settings
    wanted = [rule for rule in rules().values() if settings.wants(rule.id, rule.family)]
    unwanted = frozenset(rules()) - {rule.id for rule in wanted}
    if any(rule.family in rulefiles.WORDING for rule in wanted):
        try:
            yield from list(wording.found(view, unwanted))
        except Exception as error:
            failed["wording"] = type(error).__name__
    for rule in wanted:
        decide = DECIDE.get(rule.id)
        if decide is None:
            continue
        try:
            yield from [(rule, hit) for hit in decide(rule, view)]
        except Exception as error:
            failed[rule.id] = type(error).__name__


def _whole(hit: Hit, text: str) -> bool:
    return hit.start is None or hit.end is None or bool(text[hit.start : hit.end].strip())


def _finding(rule: GuardRule, hit: Hit, text: str, reading: Reading, context: Context) -> Finding:
    given = context.settings.severity
    severity = given.get(rule.id) or given.get(rule.family) or hit.severity or rule.severity
    start, end = (None, None) if hit.start is None or hit.end is None else reading.original(hit.start, hit.end)
    return Finding(
        rule=rule.id,
        family=rule.family,
        severity=severity,
        why=rule.why + hit.detail,
        suggestion=hit.instead or rule.suggestion,
        quote=None if start is None else text[start:end],
        start=start,
        end=end,
    )
