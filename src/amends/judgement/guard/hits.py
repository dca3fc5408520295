"""What a rule that is decided by a function hands back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from amends.judgement import rulebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amends.judgement.guard.rulefiles import GuardRule
    from amends.judgement.guard.types import Severity
    from amends.judgement.guard.view import View


class Hit(NamedTuple):
    """Where in the new text, or None for the whole; `detail` is added to the rule's reason, `instead` suggested.

    `severity` is said where it is not the rule's own.
    """

    start: int | None = None
    end: int | None = None
    detail: str = ""
    instead: str = ""
    severity: Severity | None = None


def matching(rule: GuardRule, view: View) -> Iterator[Hit]:
    """The sentences in which one of a rule's patterns is found and no guard speaks against it."""
    for sentence in view.sentences:
        if rule.matcher.find(rulebook.plain(sentence.text)) is not None:
            yield Hit(sentence.start, sentence.end)
