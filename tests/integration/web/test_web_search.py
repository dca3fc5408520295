"""Search and the palette."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from tests.letters import judged, letter


@pytest.fixture(autouse=True)
def _mail(complaints: Callable[[int], None]) -> None:
    complaints(2)


def test_search_marks_words_and_names_clients(browser: Browser) -> None:
    page = browser.get("/search/", {"q": "furious"}).content.decode()
    assert page.count("<mark>furious</mark>") == 2
    assert "House000" in browser.get("/search/", {"q": "house000"}).content.decode()
    assert "Nothing has these words" in browser.get("/search/", {"q": "zebra"}).content.decode()
    assert browser.get("/search/").status_code == 200


def test_search_takes_whatever_is_typed(browser: Browser) -> None:
    for words in (
        '"',
        "*",
        "a AND",
        "NEAR(",
        "x'; DROP",
        "ünï",
        '"third invoice"',
        "invo*",
        "<script>",
        "\\",
        "-",
        "a" * 999,
    ):
        answer = browser.get("/search/", {"q": words})
        assert answer.status_code == 200, words
        assert "<script>alert" not in answer.content.decode()


def test_search_pages_without_gap(browser: Browser, fresh: datetime) -> None:
    judged(
        *(
            letter(f"The zebra {number}.", at=fresh - timedelta(days=9, minutes=number), message_id=f"z{number}@h")
            for number in range(45)
        ),
        now=fresh,
    )
    first = browser.get("/search/", {"q": "zebra"}).content.decode()
    before = first.split("before=")[1].split('"')[0]
    second = browser.get("/search/", {"q": "zebra", "before": before}).content.decode()
    assert first.count('class="hit-head"') + second.count('class="hit-head"') == 45


def test_the_palette_knows_pages_and_clients(browser: Browser) -> None:
    assert 'data-href="/settings/"' in browser.get("/go/", {"q": "sett"}).content.decode()
    found = browser.get("/go/", {"q": "house001"}).content.decode()
    assert "House001" in found
    assert "/search/?q=house001" in found
    assert "House001" in browser.get("/clients/options/", {"q": "house001"}).content.decode()
