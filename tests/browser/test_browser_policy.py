"""The capital policy with the keyboard alone: read, another one written, previewed, adopted with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.test_browser_sheets import press, sound, tab_to

from amends.capital.models import PolicyVersion
from amends.capital.policy import shipped
from amends.capital.rules import Event
from amends.clients.models import Client
from amends.core.ids import uuid7
from amends.flows.capital.policies import adopt
from amends.flows.capital.posting import settle

if TYPE_CHECKING:
    from playwright.sync_api import Page

Shoot = Callable[["Page", str], None]
KINDS = ("praise", "promise_broken", "complaint", "recovery_yes")


def _posted(fresh: datetime) -> None:
    """Some postings for everybody, and two versions of the policy."""
    for number, client in enumerate(Client.objects.order_by("pk")):
        settle(
            [
                Event(f"{number}:{kind}:{n}", kind, client.pk, fresh - timedelta(days=9 * n), ("survey", uuid7()))
                for kind in KINDS[: number + 1] for n in range(1, 5)
            ],
            now=fresh - timedelta(days=8),
        )  # fmt: skip
    text = shipped().replace("amount = 10\n", "amount = 12\n")
    adopt(text, why="Renewals are what we live on", by=None, after=1, now=fresh - timedelta(days=2))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_policy_is_adopted_by_keyboard(page: Page, shoot: Shoot, fresh: datetime, theme: str) -> None:
    _walk(page, shoot, fresh, theme, "wide")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_policy_is_adopted_on_a_telephone(narrow_page: Page, shoot: Shoot, fresh: datetime, theme: str) -> None:
    _walk(narrow_page, shoot, fresh, theme, "narrow")


def _walk(here: Page, shoot: Shoot, fresh: datetime, theme: str, width: str) -> None:
    """Read it, write another one, preview it, and adopt it with a reason."""
    _posted(fresh)
    here.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    here.goto("/settings/policy/")
    shoot(here, f"policy-{width}-{theme}")
    sound(here, "policy")
    press(here, here.get_by_role("link", name="Write a new version"))
    text = here.get_by_label("The policy", exact=True)
    tab_to(here, text)
    text.fill(shipped().replace("amount = -8\n", "amount = -20\n").replace("= 180", "= 90"))
    press(here, here.get_by_role("button", name="Preview"))
    seen = here.get_by_role("status").first
    expect(seen).to_contain_text("Nothing was changed.")
    expect(seen).to_be_focused()
    shoot(here, f"policy-preview-{width}-{theme}")
    sound(here, "policy, previewed")
    tab_to(here, here.get_by_label("Why it changes"))
    here.keyboard.type("A broken promise costs us most")
    press(here, here.get_by_role("button", name="Adopt it"))
    expect(here.get_by_text("Version 3 holds for what is posted from now on.")).to_be_visible()
    shoot(here, f"policy-adopted-{width}-{theme}")
    sound(here, "policy, adopted")
    assert list(PolicyVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
