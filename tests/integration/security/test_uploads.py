"""Limits of what is sent: by size, by number, by room on the disk; each said in words, before anything is read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from amends.mail.models import ImportRun
from amends.web import middleware

SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


def _file(number: int = 1, size: int = 200) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{number}.eml", b"From: a@x.example\n\n" + b"x" * size, "message/rfc822")


def test_an_upload_that_is_too_large_is_refused_in_words(browser: Browser, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 1000
    answer = browser.post("/import/", {"files": [_file(size=5000)]})
    assert answer.status_code == 413
    assert "That is too much at once" in answer.content.decode()
    assert "amends import PATH" in answer.content.decode()
    answer = browser.post("/import/", {"files": [_file(size=5000)]}, headers=SCRIPT)
    assert (answer.status_code, "can be sent at a time" in json.loads(answer.content)["problem"]) == (413, True)
    assert not ImportRun.objects.exists()


def test_so_is_one_for_which_the_disk_has_no_room(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=5000)
    monkeypatch.setattr(middleware, "_SMALL", 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    answer = browser.post("/import/", {"files": [_file(size=5000)]}, headers=SCRIPT)
    assert (answer.status_code, "no room" in json.loads(answer.content)["problem"]) == (413, True)


def test_too_many_files_are_refused_in_words(browser: Browser, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 3
    answer = browser.post("/import/", {"files": [_file(number) for number in range(4)]})
    assert answer.status_code == 400
    assert "put more into a zip" in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_too_many_fields_and_too_long_ones_are_refused(browser: Browser, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    assert browser.post("/answer/", {str(number): "x" for number in range(20)}).status_code == 400
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert browser.post("/answer/", "why=" + "x" * 5000, "application/x-www-form-urlencoded").status_code == 400


def test_a_page_knows_the_limits_before_anything_is_sent(browser: Browser, settings: Any) -> None:
    page = browser.get("/import/").content.decode()
    assert f'data-limit="{settings.UPLOAD_LIMIT}"' in page
    assert f'data-most="{settings.DATA_UPLOAD_MAX_NUMBER_FILES}"' in page


def test_a_length_that_lies_is_no_way_around(browser: Browser, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 1000
    answer = browser.post("/import/", b"x" * 5000, "application/octet-stream", headers={"content-length": "-1"})
    assert answer.status_code in {400, 413, 422}
    assert not ImportRun.objects.exists()
