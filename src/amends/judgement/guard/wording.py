"""Wording rules: who is blamed, what is excused, denied, mocked, insulted, promised; sentence by sentence.

Quoted words are blanked before (`View.own`); guards of the rules know who owns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.judgement.guard import rulefiles
from amends.judgement.guard.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amends.judgement.guard.rulefiles import GuardRule
    from amends.judgement.guard.view import View


def found(view: View, off: frozenset[str]) -> Iterator[tuple[GuardRule, Hit]]:
    """Every wording rule that fires, with its sentence."""
    if not view.cast.leaves or view.language != "en":
        return
    rules = rulefiles.load()
    for hit in rulefiles.wording().hits(view.own, off=off):
        rule = rules[hit.rule.id]
        if rule.needs == "trouble" and not view.troubled:
            continue
        yield rule, Hit(hit.sentence.start, hit.sentence.end)
