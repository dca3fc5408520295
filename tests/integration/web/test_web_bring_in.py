"""Bringing mail in through the page."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django_tasks_db.models import DBTaskResult
from tests.letters import letter

from amends.flows.receive import run_import
from amends.mail.models import ImportRun, RunState
from amends.mail.reading import ReaderPool

HTMX = {"HX-Request": "true"}


def _file(fresh: datetime, name: str = "one.eml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, letter("Hello Ada.", at=fresh - timedelta(days=1)), "message/rfc822")


@pytest.mark.django_db(transaction=True)
def test_an_upload_is_kept_and_its_import_begun(browser: Browser, home: Path, fresh: datetime) -> None:
    answer = browser.post("/import/", {"files": [_file(fresh, "../../sly.eml"), _file(fresh, "two.eml")]})
    run = ImportRun.objects.get()
    assert answer["Location"] == f"/import/{run.public_id}/"
    kept = [Path(source) for source in run.sources]
    assert [path.name for path in kept] == ["sly.eml", "two.eml"]
    assert all(path.is_relative_to(home / "uploads") and path.is_file() for path in kept)
    assert DBTaskResult.objects.count() == 1
    page = browser.get(f"/import/{run.public_id}/").content.decode()
    assert "Waiting for its turn" in page
    assert 'hx-trigger="every 1s"' in page


@pytest.mark.django_db(transaction=True)
def test_the_report_adds_up_and_the_polling_ends(browser: Browser, fresh: datetime) -> None:
    script = {"X-Requested-With": "XMLHttpRequest"}
    target = json.loads(browser.post("/import/", {"files": [_file(fresh)]}, headers=script).content)["url"]
    run = ImportRun.objects.get()
    with ReaderPool(workers=1) as readers:
        run_import(run, readers=readers, clock=lambda: fresh)
    part = browser.get(target, headers=HTMX).content.decode()
    assert part.lstrip().startswith('<div id="run"')
    assert "every 1s" not in part
    assert "All of it is read and judged" in part
    assert "1 imported of 1 seen" in browser.get("/import/").content.decode()


def test_nothing_chosen_is_said(browser: Browser) -> None:
    answer = browser.post("/import/", {})
    assert answer.status_code == 422
    assert "Choose at least one file" in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_a_stopped_import_says_how_to_mend_it(browser: Browser, fresh: datetime) -> None:
    from amends.flows.set_up import begin_run

    run = begin_run([Path("gone.mbox")], now=fresh)
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, problem="gone.mbox holds no mail.")
    assert "gone.mbox holds no mail." in browser.get(f"/import/{run.public_id}/").content.decode()
