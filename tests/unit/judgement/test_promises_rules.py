"""Every rule of promises fires on its own examples and stays quiet on the others; the grammar refuses the near ones."""

import tomllib
from importlib.resources import files

import pytest

from amends.judgement import rulebook
from amends.judgement.promises import RULE_FILE, find_promises
from amends.judgement.promises.grammar import RULES as DECIDED
from amends.judgement.promises.lexicon import BASE, ING, PARTICIPLE, PAST, THIRD, lexicon

TABLE = tomllib.loads(files("amends.judgement").joinpath("rules", "promises.toml").read_text(encoding="utf-8"))
RULES = rulebook.load(RULE_FILE)
EVERYTHING = frozenset(rule.id for rule in RULES)


def _pairs(key: str) -> list[tuple[str, str]]:
    return [(raw["id"], text) for raw in TABLE["rule"] for text in raw.get(key, ())]


@pytest.mark.parametrize(("rule", "text"), _pairs("fires"))
def test_it_fires(rule: str, text: str) -> None:
    found = [
        each.rule
        for writer in ("firm", "client")
        for each in find_promises(text, writer=writer, off=EVERYTHING - {rule})
    ]
    assert set(found) == {rule}


@pytest.mark.parametrize(("rule", "text"), _pairs("quiet") + _pairs("near"))
def test_it_stays_quiet(rule: str, text: str) -> None:
    for writer in ("firm", "client"):
        assert find_promises(text, writer=writer, off=EVERYTHING - {rule}) == []


@pytest.mark.parametrize(("rule", "text"), _pairs("near"))
def test_near_ones_are_the_grammars_to_refuse(rule: str, text: str) -> None:
    (known,) = (each for each in RULES if each.id == rule)
    assert known.find(rulebook.plain(text)) is not None


def test_near_ones_stand_where_there_is_a_grammar() -> None:
    assert {raw["id"] for raw in TABLE["rule"] if "near" in raw} == set(DECIDED)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_it_is_whole(rule: rulebook.Rule) -> None:
    assert len(rule.fires) >= 5
    assert len(rule.quiet) >= 5
    assert 0.5 <= rule.confidence <= 0.95
    assert rule.why.endswith(".")
    for text in rule.fires:
        assert rule.find(rulebook.plain(text)) is not None
    for text in rule.quiet:
        assert rule.find(rulebook.plain(text)) is None


@pytest.mark.parametrize(
    ("word", "verb", "forms"),
    [
        ("sending", "send", ING),
        ("sent", "send", PAST | PARTICIPLE),
        ("ships", "ship", THIRD),
        ("shipped", "ship", PAST | PARTICIPLE),
        ("shipping", "ship", ING),
        ("delivered", "deliver", PAST | PARTICIPLE),
        ("carries", "carries", 0),
        ("supplies", "supply", THIRD),
        ("supplied", "supply", PAST | PARTICIPLE),
        ("redone", "redo", PARTICIPLE),
        ("making", "make", ING),
        ("put", "put", BASE | PAST | PARTICIPLE),
        ("toasts", "toasts", 0),
    ],
)
def test_forms_of_verbs(word: str, verb: str, forms: int) -> None:
    assert lexicon().verb(word) == (verb, forms)
