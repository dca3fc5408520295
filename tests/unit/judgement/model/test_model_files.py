"""A model that is not whole is not used, and one sentence says what to do; which model a process uses is its choice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.judgement.model.tiny import FILES, tiny, write_card

from amends.judgement.model import Model, NoModel, current, load, missing, use
from amends.judgement.model.encoder import Around
from amends.judgement.model.files import card
from amends.judgement.model.outputs import GUARD_OUTPUTS
from amends.judgement.reading import read

SENTENCE = re.compile(r"[A-Z][^\n]*\.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny model of this test's own, to be spoilt."""
    return tiny(tmp_path / "model")


@pytest.fixture
def asked_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The choice of the shipped model is made once a process; here it is made again, before and after."""
    from amends.judgement.model import current as module  # the function shadows its module

    shipped = module.__globals__["_shipped"]
    shipped.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    shipped.cache_clear()


def _read_all(folder: Path) -> None:
    """Some files are loaded only when they are asked for."""
    model = load(folder)
    model.vectors(["similar.onnx"])
    assert model.drafts is not None
    none = np.zeros((1, len(GUARD_OUTPUTS)), np.float32)
    model.drafts.read(["guard.onnx"], around=[Around("", "")], ruled=none, most=1)


def _says(folder: Path) -> str:
    with pytest.raises(NoModel) as caught:
        _read_all(folder)
    said = str(caught.value)
    assert SENTENCE.fullmatch(said), said
    assert str(folder) in said
    return said


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_the_cards(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.write(b" ")
    assert f"{name} is not the one its card names" in _says(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert f"{name} cannot be read" in _says(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_the_card_vouches_for_but_is_no_model(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"nonsense")
    write_card(folder)
    assert f"{name} cannot be used" in _says(folder)


def test_a_file_that_the_card_does_not_name(folder: Path) -> None:
    known = json.loads((folder / "card.json").read_text())
    del known["files"]["words.onnx"]
    (folder / "card.json").write_text(json.dumps(known))
    assert "words.onnx is not the one its card names" in _says(folder)


def test_no_model_at_all(tmp_path: Path) -> None:
    assert _says(tmp_path) == f"There is no model in {tmp_path}: install Amends anew."


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '"card"', "\x00", '{"version": "1"}'])
def test_a_card_that_is_none(folder: Path, text: str) -> None:
    (folder / "card.json").write_text(text)
    assert "card.json cannot be read" in _says(folder)


@pytest.mark.parametrize("part", ["version", "files", "outputs", "blends", "thresholds", "gates", "numbers"])
def test_a_card_without_a_part(folder: Path, part: str) -> None:
    known = json.loads((folder / "card.json").read_text())
    del known[part]
    (folder / "card.json").write_text(json.dumps(known))
    assert "card.json cannot be read" in _says(folder)


@pytest.mark.parametrize(
    "parts", [{"blends": {"flag.issue": [1.0]}}, {"files": []}, {"files": {"words.onnx": "abc"}}, {"blends": []}]
)
def test_a_card_with_a_part_in_another_form(folder: Path, parts: dict[str, Any]) -> None:
    write_card(folder, **parts)
    assert "cannot be read" in _says(folder)


def test_a_card_of_another_release(folder: Path) -> None:
    write_card(folder, outputs=["flag.issue"])
    assert "made for another release" in _says(folder)
    write_card(folder, blends={"flag.issue": [1, 0, 0, 1, 0]})
    assert "made for another release" in _says(folder)


def test_the_card_is_for_people_too(tiny_folder: Path) -> None:
    found = card(tiny_folder)
    assert (found.version, found.folder) == ("tiny", tiny_folder)
    assert load(tiny_folder).about["version"] == "tiny"


def test_for_a_while_another_model_or_none(tiny_model: Model) -> None:
    before = current()
    with use(tiny_model):
        assert current() is tiny_model
        assert missing() == ""
        with use(None):
            assert current() is None
            assert missing() == "The model was switched off."
            assert read("The invoice is wrong again.").by == "rules"
        assert read("The invoice is wrong again.").by == "model"
    assert current() is before


def test_the_choice_ends_with_an_error_too(tiny_model: Model) -> None:
    before = current()
    with pytest.raises(RuntimeError, match="stop"), use(tiny_model):
        raise RuntimeError("stop")
    assert current() is before


def test_switched_off_by_the_environment(asked_anew: pytest.MonkeyPatch) -> None:
    asked_anew.setenv("AMENDS_MODEL", "off")
    assert current() is None
    assert missing() == "The model is switched off (AMENDS_MODEL=off)."
    assert read("The invoice is wrong again. We are disappointed.").by == "rules"


@pytest.mark.parametrize(("threads", "taken"), [("3", 3), ("0", 1), ("many", 1), ("", 1), ("-2", 1), ("²", 1)])
def test_a_folder_and_threads_by_the_environment(
    asked_anew: pytest.MonkeyPatch, tiny_folder: Path, threads: str, taken: int
) -> None:
    asked_anew.setenv("AMENDS_MODEL", str(tiny_folder))
    asked_anew.setenv("AMENDS_MODEL_THREADS", threads)
    found = current()
    assert found is not None
    assert (found.card.version, found.threads) == ("tiny", taken)
    assert missing() == ""


def test_without_a_model_rules_judge_and_say_why(asked_anew: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked_anew.setenv("AMENDS_MODEL", str(tmp_path / "none"))
    assert current() is None
    assert SENTENCE.fullmatch(missing())
    reading = read("We are very disappointed. The invoice is wrong again.")
    assert reading.by == "rules"
    assert reading.complaint > 0.5


def test_asked_for_by_many_threads_it_is_loaded_once(asked_anew: pytest.MonkeyPatch, tiny_folder: Path) -> None:
    asked_anew.setenv("AMENDS_MODEL", str(tiny_folder))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: current(), range(40)))
    assert len({id(each) for each in found}) == 1
    assert isinstance(found[0], Model)


def test_a_model_read_by_many_threads_reads_the_same(tiny_model: Model) -> None:
    texts = ["The invoice is wrong again.", "Thank you, we will send it.", "Hello!", "Late.\n\nWrong, again."] * 6
    with use(tiny_model):
        alone = [read(text) for text in texts]
        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(read, texts)) == alone
    assert all(np.isclose(sum(each.emotions.values()), 1) for each in alone)
