"""The reference page of the shipped policy says what the policy says."""

from __future__ import annotations

from pathlib import Path

import amends
from amends.capital.policy import KINDS
from amends.insights.capital.reference import markdown

PAGE = Path(amends.__file__).parents[2] / "docs" / "reference" / "policy.md"


def test_the_page_of_the_policy_is_as_the_policy_is() -> None:
    said = PAGE.read_text("utf-8")
    assert said == markdown(), "run python docs/make_policy_reference.py"
    assert [kind for kind in KINDS if f"`{kind}`" not in said] == []
