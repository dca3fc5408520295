"""Cells that a spreadsheet would take for formulas are told to be text."""

from __future__ import annotations

import csv
import io

import pytest

from amends.core.sheets import csv_lines, safe_cell


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")'])
def test_a_formula_becomes_text(evil: str) -> None:
    assert safe_cell(evil) == f"'{evil}"
    [[cell]] = csv.reader(io.StringIO(csv_lines([[evil]]), newline=""))
    assert cell == f"'{evil}"


@pytest.mark.parametrize("plain", ["", "Ada", "ada@studio.example", "3-4", " =1", 7])
def test_the_rest_stays(plain: object) -> None:
    assert safe_cell(plain) == str(plain)


def test_quotes_commas_and_lines_survive() -> None:
    row = ["a,b", 'say "hi"', "two\nlines"]
    assert list(csv.reader(io.StringIO(csv_lines([row]), newline=""))) == [row]
