"""Every rule fires on its own examples and on none of those that it must leave alone."""

import pytest

from amends.judgement import answering, leaks, parties, promises, rulebook
from amends.judgement.reading import RULE_FILES, read_incoming
from amends.judgement.rulebook import BadRule, Rule
from amends.judgement.sentences import split

pytestmark = pytest.mark.usefixtures("rules_alone")

FILES = (*RULE_FILES, answering.RULE_FILE, parties.RULE_FILE, promises.RULE_FILE, leaks.RULE_FILE)
RULES = rulebook.load(*FILES)


def _found(rule: Rule, text: str) -> list[str]:
    return [each.text for each in split(text) if rule.find(rulebook.plain(each.text)) is not None]


@pytest.mark.parametrize(
    ("rule", "text"), [(r, text) for r in RULES for text in r.fires], ids=lambda x: str(getattr(x, "id", x))[:40]
)
def test_it_fires(rule: Rule, text: str) -> None:
    assert _found(rule, text) != []


@pytest.mark.parametrize(
    ("rule", "text"), [(r, text) for r in RULES for text in r.quiet], ids=lambda x: str(getattr(x, "id", x))[:40]
)
def test_it_stays_quiet(rule: Rule, text: str) -> None:
    assert _found(rule, text) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_it_is_whole(rule: Rule) -> None:
    assert len(rule.fires) >= 5
    assert len(rule.quiet) >= 5
    assert 0.5 <= rule.confidence <= 0.95
    assert rule.why.endswith(".")
    assert rule.feeling in (None, "anger", "frustration", "disappointment")


@pytest.mark.parametrize(
    "rule", [r for r in rulebook.load(*RULE_FILES) if r.kind == "complaint"], ids=lambda rule: rule.id
)
def test_it_can_be_switched_off(rule: Rule) -> None:
    everything = frozenset(each.id for each in RULES)
    for text in rule.fires:
        assert read_incoming(text, off=everything).issues == ()
        assert [issue.rule for issue in read_incoming(text, off=everything - {rule.id}).issues] == [rule.id]


def test_a_broken_rule_file_says_which_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"rule": [{"id": "odd", "kind": "complaint"}]}
    monkeypatch.setattr(rulebook, "_read", lambda name: broken if name == "odd-file" else {})
    with pytest.raises(BadRule, match="odd"):
        rulebook.load("odd-file")
