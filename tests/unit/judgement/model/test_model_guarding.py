"""What the guard's branch says of a sentence depends on it and its neighbours; it reads no more than it may."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.judgement.model.tiny import tiny

from amends.judgement.guard import check
from amends.judgement.guard.examples import CAST, JO, MARTA
from amends.judgement.guard.types import Draft
from amends.judgement.model import Model, load, use
from amends.judgement.model.files import NoModel
from amends.judgement.model.outputs import GUARD_OUTPUTS, TONES
from amends.judgement.model.scoring import neighbours

TEXTS = ["The invoice is wrong again!", "Thank you.", "", "we will send it", "\ud800 lone surrogates", "late " * 300]
AROUND = [neighbours(TEXTS, at) for at in range(len(TEXTS))]
NONE = np.zeros((len(TEXTS), len(GUARD_OUTPUTS)), np.float32)


def _read(model: Model, most: int, ruled: np.ndarray = NONE) -> tuple[np.ndarray, int]:
    assert model.drafts is not None
    sheet = model.drafts.read(TEXTS, around=AROUND, ruled=ruled, most=most)
    return sheet.p, int(sheet.deep.sum())


def test_alone_and_in_company_the_same(tiny_model: Model) -> None:
    assert tiny_model.drafts is not None
    together, deep = _read(tiny_model, len(TEXTS))
    assert deep == len(TEXTS)
    for at, text in enumerate(TEXTS):
        alone = tiny_model.drafts.read([text], around=[AROUND[at]], ruled=NONE[:1], most=1)
        np.testing.assert_array_equal(alone.p[0], together[at])


@pytest.mark.parametrize("most", [0, 1, 3])
def test_it_reads_no_more_than_it_may(tiny_model: Model, most: int) -> None:
    some, deep = _read(tiny_model, most)
    none, _ = _read(tiny_model, 0)
    assert deep == most
    assert int((some != none).any(axis=1).sum()) == most


def test_below_the_gate_nothing_is_read(tiny_model: Model) -> None:
    assert tiny_model.card.guard is not None
    strict = Model(replace(tiny_model.card, guard=replace(tiny_model.card.guard, gate=1.1)))
    assert _read(strict, 4)[1] == 0


def test_a_rule_speaks_for_its_output_alone(tiny_model: Model) -> None:
    ruled = NONE.copy()
    ruled[1, 0] = 1
    with_rule, without = _read(tiny_model, 0, ruled)[0], _read(tiny_model, 0)[0]
    assert with_rule[1, 0] > without[1, 0]
    with_rule[1, 0] = without[1, 0]
    np.testing.assert_array_equal(with_rule, without)


def test_nothing_to_read(tiny_model: Model) -> None:
    assert tiny_model.drafts is not None
    sheet = tiny_model.drafts.read([], around=[], ruled=NONE[:0], most=4)
    assert sheet.p.shape == (0, len(GUARD_OUTPUTS))
    assert sheet.deepen([], most=4) == 0


def test_more_is_read_when_asked_for_and_nothing_twice(tiny_model: Model) -> None:
    assert tiny_model.drafts is not None
    sheet = tiny_model.drafts.read(TEXTS, around=AROUND, ruled=NONE, most=0)
    assert sheet.deepen([2, 0, 1], most=2) == 2
    assert sheet.deepen([2, 0, 1], most=2) == 1
    assert sheet.deep.tolist() == [True, True, True, False, False, False]
    np.testing.assert_array_equal(sheet.p[:3], _read(tiny_model, len(TEXTS))[0][:3])


def test_a_card_for_other_outputs_is_refused(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "model")
    card = json.loads((folder / "card.json").read_text())
    del card["guard"]["witnesses"][TONES[0]]
    (folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(NoModel, match="another release"):
        load(folder)


@pytest.mark.parametrize("lost", ["guard.onnx", "guard-ngrams.onnx"])
def test_without_its_files_the_rules_stand_alone_and_that_is_said(tmp_path: Path, lost: str) -> None:
    folder = tiny(tmp_path / "model")
    (folder / lost).unlink()
    draft = Draft("You should have told us about the change.", sender=JO, to=(MARTA,))
    with use(load(folder)):
        result = check(draft, CAST)
    assert result.failed == {"model": "NoModel"}
    assert [each.rule for each in result.findings] == ["blame-should-have"]


def test_a_model_that_says_nothing_of_drafts_leaves_them_to_the_rules(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "model")
    card = json.loads((folder / "card.json").read_text())
    del card["guard"]
    (folder / "card.json").write_text(json.dumps(card))
    model = load(folder)
    assert model.drafts is None
    with use(model):
        result = check(Draft("You should have told us about the change.", sender=JO, to=(MARTA,)), CAST)
    assert result.failed == {}
    assert [each.rule for each in result.findings] == ["blame-should-have"]
