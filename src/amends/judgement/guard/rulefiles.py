"""The guard's rules as data: TOML files beside this module, compiled by `judgement.rulebook`.

Every `[[rule]]` has `id`, `family`, `severity`, `why`, `suggestion`, `references` and the examples `bad` and `good`, at
least five each: drafts as plain text, or with header lines before them where it matters who receives them; what they
answer stands quoted below. They are read in the setting of `examples.CAST`. A wording rule has `patterns` and `guards`
as in `rulebook`, or with `needs = "model"` none, then the trained model tells it; the others are decided by a function
of the same id (`deciding.DECIDE`), which may use their patterns. `rewrites` are pairs of a pattern and what to suggest
in place of a sentence that it fits.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from amends.judgement import rulebook
from amends.judgement.guard.types import FAMILIES, SEVERITIES, Family, Severity
from amends.judgement.rulebook import BadRule
from amends.judgement.scanning import Scanner

if TYPE_CHECKING:
    from collections.abc import Mapping

FILES = ("blame", "excuse", "denial", "heat", "over_promise", "heard", "substance", "recipients", "facts")
WORDING = frozenset({"blame", "excuse", "denial", "sarcasm", "insult", "over_promise"})
"""Families judged sentence by sentence."""


@dataclass(frozen=True, slots=True)
class GuardRule:
    """One rule as people see it; `matcher` are its patterns, which may be none."""

    id: str
    family: Family
    severity: Severity
    why: str
    suggestion: str
    references: tuple[str, ...]
    bad: tuple[str, ...]
    good: tuple[str, ...]
    needs: str
    matcher: rulebook.Rule
    rewrites: tuple[tuple[re.Pattern[str], str], ...] = ()

    def instead(self, plain: str) -> str:
        """The words to put in place of this sentence: those of the first rewrite that fits, with its own word in them.

        `plain` is the sentence in lower case; empty where none fits, then `suggestion` is to be taken.
        """
        for pattern, text in self.rewrites:
            found = pattern.search(plain)
            if found is not None:
                return text.replace("{what}", found.groupdict().get("what") or "")
        return ""


@cache
def load() -> Mapping[str, GuardRule]:
    """All rules by id, in the order of the files. Raises BadRule."""
    found: dict[str, GuardRule] = {}
    for name in FILES:
        for rule in _rules(name):
            if rule.id in found:
                raise BadRule(f"Two rules of the guard are called {rule.id!r}.")
            found[rule.id] = rule
    return found


@cache
def wording() -> Scanner:
    """The scanner of the wording rules."""
    return Scanner(rule.matcher for rule in load().values() if rule.family in WORDING)


@cache
def moves() -> Scanner:
    """The scanner of what a draft does: owns, says sorry, names a feeling, brings a remedy, gives an account."""
    return Scanner(move_rules())


@cache
def move_rules() -> tuple[rulebook.Rule, ...]:
    """The rules of `moves.toml`, which find nothing wrong: they hold other rules back."""
    return tuple(rulebook.compiled(_read("moves")))


def _rules(name: str) -> list[GuardRule]:
    table = _read(name)
    made: list[GuardRule] = []
    raws: list[dict[str, Any]] = table.get("rule", [])
    try:
        prepared = [
            {
                "patterns": [],
                "confidence": 0.9,
                **raw,
                "kind": raw["family"],
                "fires": raw["bad"],
                "quiet": raw["good"],
            }
            for raw in raws
        ]
        for raw, matcher in zip(raws, rulebook.compiled({**table, "rule": prepared}), strict=True):
            if raw["family"] not in FAMILIES or raw["severity"] not in SEVERITIES:
                raise BadRule(f"Rule {raw['id']!r} is of no known family or severity.")
            made.append(
                GuardRule(
                    id=raw["id"],
                    family=raw["family"],
                    severity=raw["severity"],
                    why=raw["why"],
                    suggestion=raw["suggestion"],
                    references=tuple(raw["references"]),
                    bad=tuple(raw["bad"]),
                    good=tuple(raw["good"]),
                    needs=raw.get("needs", ""),
                    matcher=matcher,
                    rewrites=tuple((re.compile(pattern), text) for pattern, text in raw.get("rewrites", ())),
                )
            )
    except KeyError as error:
        raise BadRule(f"A rule of {name!r} lacks {error}.") from error
    return made


def _read(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath("rulesets", f"{name}.toml").read_text(encoding="utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRule(f"The guard's rules {name!r} are not TOML: {error}.") from error
