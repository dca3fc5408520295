"""Bringing mail in through the page: chosen files, progress, the report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from tests.letters import letter

from amends.flows.receive import run_import
from amends.mail.models import ImportRun
from amends.mail.reading import ReaderPool

if TYPE_CHECKING:
    from playwright.sync_api import Page

Shoot = Callable[["Page", str], None]


def test_an_archive_is_uploaded_read_and_reported(page: Page, shoot: Shoot, tmp_path: Path, fresh: datetime) -> None:
    archive = tmp_path / "archive.mbox"
    archive.write_bytes(
        b"".join(
            b"From x Thu Jan  1 00:00:00 2026\n"
            + letter(f"New {number}.", at=fresh - timedelta(days=2), message_id=f"new{number}@x")
            + b"\n"
            for number in range(30)
        )
    )
    page.goto("/import/")
    expect(page.get_by_role("button", name="Bring them in")).to_be_disabled()
    page.get_by_label("Drop archives here, or choose them").set_input_files(archive)
    expect(page.locator("[data-names]")).to_contain_text("archive.mbox")
    page.get_by_role("button", name="Bring them in").click()
    page.wait_for_url("**/import/*/")
    expect(page.locator("#run")).to_contain_text("Waiting for its turn")
    run = ImportRun.objects.get()
    with ReaderPool(workers=1) as readers:
        run_import(run, readers=readers, clock=lambda: fresh)
    expect(page.locator("#run")).to_contain_text("All of it is read and judged")
    expect(page.get_by_role("row", name="Imported 30")).to_be_visible()
    shoot(page, "import-report")
    page.get_by_role("link", name="See who needs us").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("client")
