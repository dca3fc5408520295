"""Wording: who is blamed, what is excused, denied, mocked, insulted, promised; by rules and model, by sentence.

Quoted words are blanked before (`View.own`); guards of the rules know who owns. Each family has one rule without
patterns, `…-said-otherwise`, that carries what the trained model hears where no rule fires.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.judgement import rulebook
from amends.judgement.guard import rulefiles
from amends.judgement.guard.hits import Hit
from amends.judgement.model.outputs import TONES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amends.judgement.guard.hearing import Heard
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
    tones = view.heard.tones(view.complains) if view.heard is not None else None
    for part in view.sentences:
        here = [rule for rule in fired.get(part.start, ()) if rule.needs != "trouble" or view.troubled]
        if tones is not None and view.heard is not None and part.start in view.heard.places:
            likely = dict(zip(TONES, map(float, tones[view.heard.places[part.start]]), strict=True))
            here = _weighed(here, likely, view.heard, view.complains)
        for rule in here:
            if rule.id not in off:
                yield rule, Hit(part.start, part.end, instead=rule.instead(rulebook.plain(part.text)))


def _weighed(
    fired: list[GuardRule], likely: dict[str, float], heard: Heard, complains: float | None
) -> list[GuardRule]:
    """The rules to tell of a sentence."""
    kept = [rule for rule in fired if likely[rule.family] >= heard.numbers.keep[rule.family]]
    sure = [tone for tone in TONES if likely[tone] >= heard.least(tone, complains)]
    told = {rule.family for rule in kept}
    kept += [rulefiles.load()[said_otherwise(tone)] for tone in sure if tone not in told]
    if not kept:
        return []
    best = max(kept, key=lambda rule: likely[rule.family]).family
    return [rule for rule in kept if rule.family == best]


def said_otherwise(family: str) -> str:
    """The id of the rule that carries what the model alone hears."""
    return f"{family.replace('_', '-')}-said-otherwise"
