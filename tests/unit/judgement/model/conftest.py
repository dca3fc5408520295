"""The tiny model, made once a session."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.judgement.model.tiny import tiny

from amends.judgement.model import Model, load


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny model; not to be written to."""
    return tiny(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture(scope="session")
def tiny_model(tiny_folder: Path) -> Model:
    """The tiny model on one thread."""
    return load(tiny_folder)
