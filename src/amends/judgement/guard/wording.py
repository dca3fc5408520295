"""Wording: who is blamed, what is excused, denied, mocked, insulted, promised; by rules and model, by sentence.

Quoted words are blanked before (`View.own`); guards of the rules know who owns. Each family has one rule without
patterns, `…-said-otherwise`, that carries what the trained model hears where no rule fires.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.judgement import rulebook
from amends.judgement.guard import rulefiles
from amends.judgement.guard.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amends.judgement.guard.rulefiles import GuardRule
    from amends.judgement.guard.view import View


def found(view: View, off: frozenset[str]) -> Iterator[tuple[GuardRule, Hit]]:
    """Every wording rule that fires, with its sentence; what the model hears where no rule does, and what it does not
    believe of the rules left out. Of a sentence one tone is told: the likeliest.
    """
    if not view.cast.leaves or view.language != "en":
        return
    rules = rulefiles.load()
    fired: dict[int, list[GuardRule]] = {}
    for hit in view.worded:
        fired.setdefault(hit.sentence.start, []).append(rules[hit.rule.id])
    for part in view.sentences:
        here = [rule for rule in fired.get(part.start, ()) if rule.needs != "trouble" or view.troubled]
        if view.heard is not None:
            here = _weighed(here, part.start, view, {rule.family for rule in fired.get(part.start, ())})
        for rule in here:
            if rule.id not in off:
                yield rule, Hit(part.start, part.end, instead=rule.instead(rulebook.plain(part.text)))


EASED = 0.25
"""So much less sure the model need be where a complaint is answered and nothing is conceded: there harm is likely."""


def _weighed(fired: list[GuardRule], start: int, view: View, families: set[str]) -> list[GuardRule]:
    """The rules to tell of a sentence."""
    heard = view.heard
    if heard is None:
        return fired
    kept = [rule for rule in fired if not heard.drops(start, rule.family)]
    tone = None
    if view.grievance.complaint:  # elsewhere the model is mostly wrong: it takes plain business for reproach
        tone = heard.tone(start) or (heard.tone(start, less=EASED) if view.unconceded else None)
    if tone is not None and tone not in families:
        kept.append(rulefiles.load()[said_otherwise(tone)])
    if not kept:
        return []
    best = max(kept, key=lambda rule: heard.of(start, rule.family) or 0).family
    return [rule for rule in kept if rule.family == best]


def said_otherwise(family: str) -> str:
    """The id of the rule that carries what the model alone hears."""
    return f"{family.replace('_', '-')}-said-otherwise"
