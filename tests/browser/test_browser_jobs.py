"""The page of jobs in a browser: it keeps up by itself, and a failed job is tried again by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from amends.core.errors import AmendsError
from amends.flows.jobs import queue_import
from amends.jobs.actions import queue

if TYPE_CHECKING:
    from playwright.sync_api import Page

Shoot = Callable[["Page", str], None]


def _begun(label: str, at: datetime) -> queue.Taken:
    run = queue_import([Path(label)], now=at)
    taken = queue.take(now=at)
    assert taken is not None
    assert taken.kwargs["run_id"] == run.pk
    return taken


def _fill(fresh: datetime) -> queue.Taken:
    """One of each; returns what runs."""
    failed = _begun("archive-of-the-old-office.mbox", fresh - timedelta(hours=5))
    queue.fail(failed, AmendsError("archive-of-the-old-office.mbox holds no mail: choose another file."), now=fresh)
    queue.fail(_begun("sent.mbox", fresh - timedelta(minutes=5)), ValueError(), now=fresh + timedelta(minutes=20))
    queue.succeed(_begun("march.zip", fresh - timedelta(days=1)), now=fresh - timedelta(days=1) + timedelta(minutes=7))
    running = _begun("Takeout of the whole firm since 2019.mbox", fresh - timedelta(minutes=2))
    queue.progress(running, 41, 100, now=fresh)
    queue_import([Path("april.mbox")], now=fresh)
    return running


def test_it_keeps_up_and_a_failed_job_is_tried_again(page: Page, shoot: Shoot, fresh: datetime) -> None:
    running = _fill(fresh)
    page.goto("/settings/jobs/")
    expect(page.get_by_role("region", name="Failed")).to_contain_text("holds no mail")
    expect(page.get_by_role("region", name="Running").get_by_role("progressbar")).to_have_attribute("value", "41")
    queue.progress(running, 62, 100, now=fresh)
    expect(page.get_by_role("region", name="Running").get_by_role("progressbar")).to_have_attribute("value", "62")
    page.get_by_role("button", name="Try again: Bring mail in").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("It will be tried again in a moment.")
    expect(page.get_by_role("region", name="Failed")).to_have_count(0)
    expect(page.get_by_role("region", name="Waiting")).to_contain_text("archive-of-the-old-office.mbox")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_it_can_be_read_wide_and_narrow(page: Page, shoot: Shoot, fresh: datetime, theme: str, width: int) -> None:
    _fill(fresh)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto("/settings/jobs/")
    shoot(page, f"jobs-{width}-{theme}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
