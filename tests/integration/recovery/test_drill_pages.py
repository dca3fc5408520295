"""Drills as pages: played to an end, private until shown, and nobody else's to change."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from tests.conftest import NOW

from amends.firm.models import Member
from amends.flows.recovery.drilling import FOLDER
from amends.outbox.models import AvoidedWords
from amends.recovery.drills import shipped
from amends.recovery.models import DrillResult

DRILL = next(one for one in shipped() if one.slug == "the-remark")
PLAY = reverse("drill", args=[DRILL.slug])


@pytest.fixture
def browser(client: Browser, member: Member) -> Browser:
    client.force_login(member)
    return client


def _run(page: str) -> str:
    found = re.search(r'name="run" value="([^"]+)"', page)
    assert found
    return html.unescape(found[1])


def _well(browser: Browser) -> DrillResult:
    """Played with the answers that are heard."""
    page = browser.get(PLAY).content.decode()
    for line in ("opening", "between-ourselves"):
        said = {"run": _run(page), "text": DRILL.lines[line].answers[0]}
        response = browser.post(PLAY, said)
        page = response.content.decode()
    assert response["Location"] == reverse("drill-result", args=[DrillResult.objects.get().public_id])
    return DrillResult.objects.get()


def test_an_answer_leads_on_by_how_it_is_heard_and_can_be_taken_back(browser: Browser) -> None:
    begun = browser.get(PLAY).content.decode()
    joked = browser.post(PLAY, {"run": _run(begun), "choice": "1"}).content.decode()
    for words in ("And with that I am to be content?", "That did not help", "The check would say:"):
        assert words in html.unescape(joked), words
    assert DRILL.lines["opening"].asks[0].why in html.unescape(joked), "what was missing, and why it is waited for"

    back = browser.post(PLAY, {"run": _run(joked), "do": "back"}).content.decode()
    assert "It was only meant as a joke" in html.unescape(back), "what was said stands in the field"
    assert "That did not help" not in back
    own = "I hear that you are furious, Ines. It is our fault, and I am sorry. I will write to you by five today."
    heard = html.unescape(browser.post(PLAY, {"run": _run(back), "text": own}).content.decode())
    assert "That was heard" in heard
    assert "I hear that you are furious, Ines." in heard
    empty = browser.post(PLAY, {"run": _run(heard), "text": "  "})
    assert (empty.status_code, "Say something" in empty.content.decode()) == (422, True)
    assert not DrillResult.objects.exists(), "nothing is kept before the end"


def test_a_run_is_signed_for_whoever_plays_it(browser: Browser, client: Browser, staff: Member) -> None:
    run = _run(browser.get(PLAY).content.decode())
    other = reverse("drill", args=["the-bill-nobody-expected"])
    for address, seal in ((PLAY, run[:-2] + "xx"), (other, run), (PLAY, "")):
        assert browser.post(address, {"run": seal, "choice": "0"}).status_code == 302
    assert browser.post(PLAY, {"run": run, "choice": "9"}).status_code == 302
    client.force_login(staff)
    assert client.post(PLAY, {"run": run, "choice": "0"}).status_code == 302
    assert client.get(reverse("drill", args=["no-such"])).status_code == 404


def test_how_it_went_is_private_until_it_is_shown(browser: Browser, member: Member, staff: Member) -> None:
    result = _well(browser)
    page = reverse("drill-result", args=[result.public_id])
    said = browser.get(page).content.decode()
    for words in ("Mended", "Nobody but you sees this", "end-mended", '<strong class="number">6</strong> of the 6'):
        assert words in said, words
    assert (result.score, result.shared) == (100, False)

    colleague = Browser()
    colleague.force_login(staff)
    assert colleague.get(page).status_code == 404
    assert member.name not in colleague.get(reverse("drills")).content.decode()
    shown = browser.post(page, {"do": "share"}, follow=True).content.decode()
    assert "Your colleagues can see it now." in shown
    assert "shows how it went" in colleague.get(page).content.decode()
    listed = colleague.get(reverse("drills")).content.decode()
    assert member.name in listed
    assert "100" not in listed, "no score stands beside a name"
    for do in ("keep", "remove"):
        assert colleague.post(page, {"do": do}).status_code == 404
    browser.post(f"{page}?do=keep")  # the undo of the toast
    assert colleague.get(page).status_code == 404
    assert browser.post(page, {"do": "remove"}, follow=True).status_code == 200
    assert not DrillResult.objects.exists()


def test_the_firm_s_own_words_count_and_so_do_its_own_drills(
    browser: Browser, settings: Any, tmp_path: Path, member: Member
) -> None:
    AvoidedWords.objects.create(words="at the end of the day", choice="stop", by=member, at=NOW)
    run = _run(browser.get(PLAY).content.decode())
    said = f"{DRILL.lines['opening'].answers[0]} At the end of the day we are human."
    assert "That did not help" in browser.post(PLAY, {"run": run, "text": said}).content.decode()

    settings.HOME = tmp_path
    folder = tmp_path / FOLDER
    folder.mkdir()
    text = (Path(__file__).parents[3] / "src/amends/recovery/drills/the-remark.toml").read_text()
    (folder / "ours.toml").write_text(text.replace(DRILL.title, "Our own worst day"))
    (folder / "broken.toml").write_text("title = 3")
    listed = html.unescape(browser.get(reverse("drills")).content.decode())
    assert "Our own worst day" in listed
    assert "broken.toml is no drill: it has no [[line]]." in listed
    assert browser.get(reverse("drill", args=["ours"])).status_code == 200


def test_what_was_erased_is_said_so(browser: Browser, member: Member) -> None:
    result = _well(browser)
    DrillResult.objects.update(turns=[])
    assert (
        "What was said here is gone" in browser.get(reverse("drill-result", args=[result.public_id])).content.decode()
    )
    assert browser.get(reverse("drills")).status_code == 200
