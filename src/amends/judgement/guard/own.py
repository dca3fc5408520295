"""What a firm adds to the rules: words of its own to avoid, and sentences that teach what fires and what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.judgement.corrections import SAME, alike
from amends.judgement.guard import rulefiles
from amends.judgement.guard.facts import term
from amends.judgement.guard.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amends.judgement.guard.rulefiles import GuardRule
    from amends.judgement.guard.types import Example
    from amends.judgement.guard.view import View

    Fired = tuple[GuardRule, Hit]


def avoided(rule: GuardRule, view: View) -> Iterator[Hit]:
    """Words that the firm keeps out of its mail."""
    if not view.cast.leaves:
        return
    for each in view.context.settings.avoided:
        for match in term(each.words).finditer(view.own) if each.words.strip() else ():
            yield Hit(match.start(), match.end(), instead=each.instead or "Leave it out.", severity=each.severity)


def taught(fired: Sequence[Fired], view: View) -> list[Fired]:
    """What fired, without what the firm said is fine, and with what it said is not."""
    examples = view.context.settings.examples
    if not examples:
        return list(fired)
    quiet = [each for each in examples if not each.fires]
    kept = [(rule, hit) for rule, hit in fired if not _said(quiet, rule, _words(hit, view))]
    there = {(rule.id, hit.start) for rule, hit in kept}
    added = [(rule, hit) for rule, hit in _added(examples, view) if (rule.id, hit.start) not in there]
    return kept + added


def _added(examples: Sequence[Example], view: View) -> Iterator[Fired]:
    rules, settings = rulefiles.load(), view.context.settings
    for each in examples:
        rule = rules.get(each.rule)
        if not each.fires or rule is None or not view.cast.leaves or not settings.wants(rule.id, rule.family):
            continue
        for sentence in view.sentences:
            if alike(sentence.text, each.text) >= SAME:
                yield rule, Hit(sentence.start, sentence.end)


def _said(examples: Sequence[Example], rule: GuardRule, words: str) -> bool:
    return bool(words) and any(each.rule == rule.id and alike(words, each.text) >= SAME for each in examples)


def _words(hit: Hit, view: View) -> str:
    return "" if hit.start is None or hit.end is None else view.draft.new_text[hit.start : hit.end]
