"""The brief that the docs print as an example is what the sample agency's mail gives."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from tests.integration.web.conftest import no_firm

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.django_db
def test_the_docs_print_what_the_sample_gives(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_brief_example", DOCS / "make_brief_example.py")
    assert spec is not None
    assert spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    with no_firm():
        made = maker.page(maker.briefs(tmp_path))
    assert made == maker.PAGE.read_text(encoding="utf-8")
