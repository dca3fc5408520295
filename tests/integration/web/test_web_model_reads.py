"""What the model adds to the pages: sentences on Today, marks and forecasts in conversations, a band, its own page."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import cast

import pytest
from django.test import Client as Browser
from tests.letters import OURS, THEIRS, judged, letter, stored

from amends.clients.models import Client, Standing
from amends.firm.models import Firm
from amends.judgement.model import Model, use
from amends.mail.models import Message
from amends.signals.models import Signal, SignalKind, Tone

CARD = {
    "name": "Amends reader", "version": "1", "limits": ["English only."], "thresholds": {"flag.issue": 0.41},
    "data": [{"name": "GoEmotions", "licence": "CC BY 4.0", "by": "Demszky and others", "used": "train"}],
    "files": {"reader.onnx": {"sha256": "abc123", "bytes": 9}},
    "figures": {"complaint": {"value": 0.88, "low": 0.84, "high": 0.92, "rows": 210, "of": "held letters",
                              "peers": {"BERT-base": 0.46}}},
}  # fmt: skip


class Stub:
    """A model that is asked about nothing but its card."""

    about = CARD


@pytest.fixture
def course(firm: Firm, fresh: datetime) -> list[Message]:
    """An old letter, and a conversation of three; what the model would find is put beside them by each test."""
    with use(None):
        judged(
            letter("The invoice has a wrong number.\n", at=fresh - timedelta(days=60), message_id="old@x",
                   subject="May"),
            letter("It is wrong again, the number.\n", at=fresh - timedelta(days=3), message_id="a@x", subject="June"),
            letter("I will send it by Thursday.\n", at=fresh - timedelta(days=2), sender=OURS, to=THEIRS,
                   message_id="b@x", references=["a@x"], subject="Re: June"),
            letter("Thank you.\n", at=fresh - timedelta(days=1), message_id="c@x", references=["b@x"],
                   subject="Re: June"),
            now=fresh,
        )  # fmt: skip
    Signal.objects.all().delete()
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True)
    return [stored(name) for name in ("old@x", "a@x", "b@x", "c@x")]


def _signal(message: Message, kind: SignalKind, *, rule: str = "model.issue", **detail: object) -> Signal:
    assert message.client_id is not None
    return Signal.objects.create(
        client_id=message.client_id, kind=kind, message=message, quote=message.snippet, start=0, end=10, rule=rule,
        confidence=0.83, said_at=message.sent_at, raised_at=message.sent_at, detail=detail, key=f"{kind}:{message.pk}",
    )  # fmt: skip


def _text(answer: object) -> str:
    """The words of a page, one space between them."""
    return " ".join(re.sub(r"<[^>]+>", "", answer.content.decode()).split())  # type: ignore[attr-defined]


def test_new_kinds_are_told_as_sentences(browser: Browser, course: list[Message], fresh: datetime) -> None:
    old, asked, ours, last = course
    _signal(asked, SignalKind.COMPLAINT, again=3, wanted="Send a right one.")
    _signal(asked, SignalKind.RETURNING_ISSUE, rule="returning", earlier_quote="A wrong number.",
            earlier_at=old.sent_at.isoformat(), earlier_message=str(old.public_id))  # fmt: skip
    _signal(ours, SignalKind.PROMISE_DUE, rule="p", due=(fresh + timedelta(days=2)).isoformat(), unconfirmed=True)
    _signal(last, SignalKind.DERAILING, rule="derailing", drivers=["sounds angry", "sets a last date"])
    _signal(ours, SignalKind.INTERNAL_LEAK, rule="leak")
    answer, more = browser.get("/"), browser.get(f"/today/{Client.objects.get().public_id}/more/")
    page, text = answer.content.decode() + more.content.decode(), f"{_text(answer)} {_text(more)}"
    assert "(said 3 times in this conversation) would put it right: “Send a right one.”" in text
    assert re.search(r"An old issue is back: “A wrong number.”, first on \d", text)
    assert f'href="/threads/{old.thread.public_id}/#m-{old.public_id}"' in page
    assert re.search(r"Promise due: promised by \w+.*?, in 2 days \(not confirmed\)", text)
    assert "About to derail: sounds angry, sets a last date" in text
    assert "meant for us alone" in text
    assert text.index("Reached the wrong people:") < text.index("Promise due:")
    assert '<a class="by-model" href="/model/">the model, 83% sure</a>' in page


def test_a_conversation_shows_findings_of_both_sides_tones_and_where_it_goes(
    browser: Browser, course: list[Message], fresh: datetime
) -> None:
    _old, asked, ours, last = course
    _signal(ours, SignalKind.PROMISE_DUE, rule="p", due=(fresh + timedelta(days=9)).isoformat())
    Signal.objects.update(raised_at=fresh + timedelta(days=8))  # no reason yet; said already
    forecast = _signal(last, SignalKind.DERAILING, rule="derailing", drivers=["sounds angry"])
    Tone.objects.create(message=asked, feelings={"frustration": 0.7, "neutral": 0.3}, complaint=0.9)
    Tone.objects.create(message=last, feelings={"gratitude": 0.1, "neutral": 0.9}, complaint=0.0)
    address = f"/threads/{asked.thread.public_id}/"
    answer = browser.get(address)
    page, text = answer.content.decode(), _text(answer)
    assert "I will sen</span>" in page
    assert "Promise due" in text
    assert text.count("sounds frustrated") == 1
    assert "sounds grateful" not in text
    assert "It can’t know what was said on the phone" in text
    forecast.cleared_at = forecast.raised_at  # the course no longer bears it out
    forecast.save()
    text = _text(browser.get(address))
    assert "It can’t know" not in text
    assert "About to derail" not in text.split("What was missed here?")[0]


def test_a_client_page_has_a_band_only_where_something_sounds(browser: Browser, course: list[Message]) -> None:
    _old, asked, _ours, last = course
    address = f"/clients/{asked.client.public_id}/"  # type: ignore[union-attr]
    assert "band-bars" not in browser.get(address).content.decode()
    Tone.objects.create(message=last, feelings={"gratitude": 0.05, "neutral": 0.95}, complaint=0.0)
    assert "band-bars" not in browser.get(address).content.decode()
    Tone.objects.create(message=asked, feelings={"anger": 0.8, "neutral": 0.2}, complaint=0.9)
    answer = browser.get(address)
    assert "band-bars" in answer.content.decode()
    assert "In the last three months they wrote 2 messages. Anger makes up 40% of their tone." in _text(answer)


def test_reading_is_told_while_it_goes_on(browser: Browser, course: list[Message]) -> None:
    assert 'id="reading"' not in browser.get("/").content.decode()
    assert "Every message is read." in browser.get("/reading/").content.decode()
    Message.objects.filter(pk__in=[one.pk for one in course[:3]]).update(judged=0)
    for address in ("/", "/import/", "/reading/"):
        page = browser.get(address).content.decode()
        assert "Reading 1 of 4 messages; what has been read is shown." in page, address
        assert 'hx-trigger="every 2s"' in page
        assert '<progress max="4" value="1"' in page


def test_the_page_of_the_model_says_its_limits_first(browser: Browser) -> None:
    with use(cast("Model", Stub())):
        page = browser.get("/model/").content.decode()
        assert "The model judges together with the rules." in browser.get("/settings/").content.decode()
    order = ["What it cannot do", "English only.", "What it can do", "held letters", "GoEmotions", "abc123"]
    assert [page.index(one) for one in order] == sorted(page.index(one) for one in order)
    assert "0.88 of 1, between 0.84 and 0.92; BERT-base 0.46" in page
    assert "41%" in page


def test_an_empty_card_is_no_trouble(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stub, "about", {"figures": {}})
    with use(cast("Model", Stub())):
        answer = browser.get("/model/")
    assert answer.status_code == 200
    assert "Its card holds no measurements." in answer.content.decode()


def test_without_a_model_the_page_says_why_and_how_to_mend_it(browser: Browser) -> None:
    with use(None):
        text = _text(browser.get("/model/"))
    assert "There is no model: rules judge alone. The model was switched off." in text
    assert "What goes on without it" in text
