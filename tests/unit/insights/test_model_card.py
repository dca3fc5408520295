"""A card is read as it comes; whether there is a model is said with how to mend it."""

from __future__ import annotations

from amends.insights.model import Figure, card_of, model_card, model_state
from amends.judgement.model import use

CARD = {
    "name": "Amends reader", "version": "2026-11-27", "limits": ["English only."], "licence": "Apache-2.0",
    "data": [{"name": "GoEmotions", "licence": "CC BY 4.0", "by": "Demszky"}, "nonsense"],
    "thresholds": {"flag.issue": 0.41, "flag.odd": "x"},
    "files": {"reader.onnx": {"sha256": "ab", "bytes": 12}, "words.onnx": "?"},
    "figures": {
        "complaint": {"value": 0.88, "low": 0.84, "high": 0.91, "rows": 210, "of": "held letters", "recall": 0.9,
                      "precision": 0.86, "peers": {"BERT-base": 0.46}},
        "uncivil": {"value": 0.8, "low": 0.9, "high": 0.7}, "text": "none", "empty": {},
    },
}  # fmt: skip


def test_a_card_is_read_and_what_is_missing_stays_empty() -> None:
    card = card_of(CARD)
    assert (card.version, card.limits, card.what) == ("2026-11-27", ["English only."], "")
    assert [(one.name, one.used) for one in card.data] == [("GoEmotions", "")]
    assert card.thresholds == [("flag.issue", 0.41)]
    assert card.files == [("reader.onnx", "ab", 12)]
    first, second = card.figures
    assert first == Figure(
        "complaint", 0.88, "held letters", 0.84, 0.91, 210, precision=0.86, recall=0.9, peers=(("BERT-base", 0.46),)
    )
    assert (second.low, second.high) == (None, None)  # an interval that is none is not drawn


def test_an_empty_card_holds_nothing() -> None:
    card = card_of({"figures": {}, "data": None, "limits": "none", "files": []})
    assert (card.figures, card.data, card.limits, card.files, card.name) == ([], [], [], [], "")


def test_without_a_model_it_says_why_and_how_to_mend_it() -> None:
    with use(None):
        state, card = model_state(), model_card()
    assert card is None
    assert not state.reads
    assert state.say == "There is no model: rules judge alone. The model was switched off."
    assert "start Amends again" in state.mend
