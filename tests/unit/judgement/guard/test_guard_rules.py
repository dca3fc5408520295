"""Every rule of the guard fires on its bad examples and on none of its good ones, and has five of each."""

import pytest

from amends.judgement import rulebook
from amends.judgement.guard import FAMILIES, check, rules
from amends.judgement.guard.deciding import DECIDE
from amends.judgement.guard.examples import setting
from amends.judgement.guard.rulefiles import WORDING, GuardRule, move_rules
from amends.judgement.sentences import split
from amends.mail.drafted import draft_of, draft_of_text

ALL = list(rules().values())
BAD = [pytest.param(rule, text, id=f"{rule.id}-{at}") for rule in ALL for at, text in enumerate(rule.bad)]
GOOD = [pytest.param(rule, text, id=f"{rule.id}-{at}") for rule in ALL for at, text in enumerate(rule.good)]
MOVES = move_rules()


def fired(rule: GuardRule, text: str) -> list[str]:
    draft = draft_of(text.encode()) if text.startswith("From: ") else draft_of_text(text)
    result = check(*setting(rule, draft))
    assert result.failed == {}
    return [each.rule for each in result.findings]


@pytest.mark.parametrize(("rule", "text"), BAD)
def test_it_fires(rule: GuardRule, text: str) -> None:
    assert rule.id in fired(rule, text)


@pytest.mark.parametrize(("rule", "text"), GOOD)
def test_it_stays_quiet(rule: GuardRule, text: str) -> None:
    assert fired(rule, text) == []


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_it_is_whole(rule: GuardRule) -> None:
    assert len(rule.bad) >= 5
    assert len(rule.good) >= 5
    assert rule.references
    assert rule.suggestion
    assert rule.why.rstrip(": ")[-1] in ".en" or rule.why.endswith(": ")
    assert (rule.id in DECIDE) != (rule.family in WORDING)


def test_every_family_has_a_rule() -> None:
    assert {rule.family for rule in ALL} == set(FAMILIES)


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.id)
def test_a_move_is_seen_where_it_is_and_nowhere_else(move: rulebook.Rule) -> None:
    assert len(move.fires) >= 5
    assert len(move.quiet) >= 5
    for text in move.fires:
        assert any(move.find(rulebook.plain(each.text)) for each in split(text)), text
    for text in move.quiet:
        assert not any(move.find(rulebook.plain(each.text)) for each in split(text)), text
