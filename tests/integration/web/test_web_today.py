"""Today: what a row says, what each answer does to it, and that every answer can be taken back."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from tests.integration.web.conftest import COMPLAINT

from amends.clients.models import Client
from amends.firm.models import Firm
from amends.mail.models import Message
from amends.signals.models import Action, Response, Signal
from amends.web.today.forms import AnswerForm

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _mail(complaints: Callable[[int], None]) -> None:
    complaints(2)


def _ids() -> tuple[uuid.UUID, list[str]]:
    client = Client.objects.order_by("name").first()
    assert client is not None
    return client.public_id, [
        str(one) for one in Signal.objects.filter(client=client).values_list("public_id", flat=True)
    ]


def test_a_row_says_who_what_and_what_to_do_next(browser: Browser) -> None:
    page = browser.get("/").content.decode()
    assert "2 clients need you" in page
    assert COMPLAINT.rstrip(".") in page
    assert "unowned for" in page
    assert "Own it" in page
    assert re.search(r'<time datetime="[^"]+" title="[^"]+">', page)


def test_owning_answers_every_reason_of_the_row_and_moves_it_in_hand(browser: Browser) -> None:
    client, signals = _ids()
    answer = browser.post("/answer/", {"answer": "own", "client": client, "signal": signals}, headers=HTMX)
    text = answer.content.decode()
    assert "Ada Moss has it" in text
    assert f'id="row-{client}"' in text
    assert 'hx-swap-oob="beforeend:#toasts"' in text
    assert "1 client needs you" in text
    assert Response.objects.filter(action=Action.OWN).count() == len(signals)
    assert "In hand" in browser.get("/").content.decode()


def test_undo_brings_the_row_back_as_it_was(browser: Browser) -> None:
    client, signals = _ids()
    text = browser.post(
        "/answer/", {"answer": "not_an_issue", "client": client, "signal": signals, "why": "Misread"}, headers=HTMX
    ).content.decode()
    assert "Noted: not an issue." in text
    assert set(Response.objects.values_list("why", flat=True)) == {"Misread"}
    assert "1 client needs you" in browser.get("/").content.decode()
    batch = Response.objects.values_list("batch", flat=True)[0]
    back = browser.post(f"/undo/{batch}/", {"client": client}, headers=HTMX).content.decode()
    assert "Own it" in back
    assert "2 clients need you" in back


def test_later_needs_a_time_and_hides_the_row_until_then(browser: Browser) -> None:
    client, signals = _ids()
    refused = browser.post("/answer/", {"answer": "later", "client": client, "signal": signals}, headers=HTMX)
    assert refused.status_code == 400
    assert "until when" in refused.content.decode()
    assert not Response.objects.exists()
    put_off = browser.post(
        "/answer/", {"answer": "later", "until": "week", "client": client, "signal": signals}, headers=HTMX
    )
    assert "Put off." in put_off.content.decode()
    assert "1 client needs you" in browser.get("/").content.decode()


@pytest.mark.parametrize(
    ("choice", "days"), [({"until": "tomorrow"}, 1), ({"until": "monday"}, 7), ({"until": "week"}, 7)]
)
def test_later_means_the_start_of_work_on_that_day(
    firm: Firm, now: datetime, choice: dict[str, str], days: int
) -> None:
    form = AnswerForm({"answer": "later", **choice})
    assert form.is_valid()
    until = form.until_moment(firm, now=now)  # a Monday, 10:00 UTC
    assert until == datetime(2026, 3, 16, 9, tzinfo=until.tzinfo if until else None) + timedelta(days=days)


def test_it_works_without_scripts(browser: Browser) -> None:
    client, signals = _ids()
    answer = browser.post(
        "/answer/", {"answer": "own", "client": client, "signal": signals, "next": "/?owner=nobody"}, follow=True
    )
    assert answer.redirect_chain == [("/?owner=nobody", 302)]
    page = answer.content.decode()
    assert "It is yours now." in page
    assert "/undo/" in page


def test_the_way_back_never_leads_to_another_site(browser: Browser) -> None:
    client, signals = _ids()
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        answer = browser.post("/answer/", {"answer": "own", "client": client, "signal": signals, "next": elsewhere})
        assert answer["Location"] == "/"


def test_filters_and_owner_keep_only_what_is_asked(browser: Browser) -> None:
    client, signals = _ids()
    browser.post("/answer/", {"answer": "own", "client": client, "signal": signals})
    assert browser.get("/?owner=me").content.decode().count("data-row") == 1
    assert browser.get("/?owner=nobody").content.decode().count("data-row") == 1
    assert "Nothing of this kind" in browser.get("/?kind=referral").content.decode()
    assert browser.get("/?kind=nonsense").status_code == 200


def test_looking_back_shows_what_was_known_then_and_offers_no_buttons(browser: Browser, fresh: datetime) -> None:
    before = (fresh - timedelta(days=30)).date().isoformat()
    page = browser.get(f"/?at={before}").content.decode()
    assert "knowing nothing later" in page
    assert "data-row" not in page
    assert 'data-key="o"' not in browser.get(f"/?at={fresh.date().isoformat()}").content.decode()
    assert browser.get("/?at=2026-99-99").status_code == 200
    assert browser.get("/?at=nonsense").status_code == 200


def test_reasons_that_are_gone_are_said_to_be_gone(browser: Browser) -> None:
    answer = browser.post("/answer/", {"answer": "own", "signal": [str(uuid.uuid4()), "no id"]}, follow=True)
    assert "That reason is not there any more" in answer.content.decode()


def test_further_reasons_come_when_they_are_opened(
    browser: Browser, django_assert_max_num_queries: Callable[..., AbstractContextManager[object]]
) -> None:
    client, _signals = _ids()
    first = Signal.objects.filter(client__public_id=client).order_by("pk").first()
    assert first is not None
    plan = Message.objects.filter(client=first.client_id, direction="in").exclude(pk=first.message_id).earliest("pk")
    Signal.objects.create(
        client_id=first.client_id, message=plan, kind="leaving", quote="We may look for somebody else.",
        rule="leaving", confidence=0.9, said_at=first.said_at, raised_at=first.raised_at, key="another",
    )  # fmt: skip
    page = browser.get("/").content.decode()
    assert f'hx-get="/today/{client}/more/"' in page
    row = page.partition(f'id="row-{client}"')[2].partition("</li>")[0]
    shown = [words for words in (first.quote, "We may look for somebody else.") if words in row]
    with django_assert_max_num_queries(14):
        more = browser.get(f"/today/{client}/more/", headers=HTMX).content.decode()
    assert len(shown) == 1
    [hidden] = {first.quote, "We may look for somebody else."} - set(shown)
    assert hidden in more
    assert shown[0] not in more
    assert browser.get(f"/today/{uuid.uuid4()}/more/").status_code == 404


def _another(key: str, *, kind: str = "leaving", **changes: object) -> Signal:
    """One more live signal of the first client, said when its first one was."""
    first = Signal.objects.filter(client=Client.objects.earliest("name"), cleared_at=None).earliest("pk")
    given = {"confidence": 0.9, "said_at": first.said_at, "raised_at": first.raised_at, **changes}
    return Signal.objects.create(
        client_id=first.client_id, message_id=first.message_id, kind=kind, quote=f"Words of {key}.", rule=kind, key=key,
        **given,
    )  # fmt: skip


def _row_form(browser: Browser) -> dict[str, str]:
    """What the forms of the first client's row hold."""
    client = str(Client.objects.earliest("name").public_id)
    row = browser.get("/").content.decode().partition(f'id="row-{client}"')[2].partition("</li>")[0]
    assert 'name="signal"' not in row
    [shown] = set(re.findall(r'name="shown" value="([^"]+)"', row))
    return {"client": client, "shown": shown}


def test_a_row_is_answered_whole_however_little_of_it_was_drawn(browser: Browser) -> None:
    for number in range(210):
        _another(f"many{number}")
    form = _row_form(browser)
    live = Signal.objects.filter(client__public_id=form["client"], cleared_at=None)
    browser.post("/answer/", {**form, "answer": "own"}, headers=HTMX)
    assert set(Response.objects.values_list("signal", flat=True)) == set(live.values_list("pk", flat=True))
    batch = Response.objects.values_list("batch", flat=True)[0]
    browser.post(f"/undo/{batch}/", {"client": form["client"]}, headers=HTMX)
    assert not Response.objects.filter(undone_at=None).exists()


def test_an_old_page_answers_nothing_that_was_noticed_after_it_was_drawn(browser: Browser) -> None:
    form = _row_form(browser)
    later = _another("later")  # noticed now, of a message that is as old as the others
    text = browser.post("/answer/", {**form, "answer": "not_an_issue"}, headers=HTMX).content.decode()
    assert Response.objects.exists()
    assert not Response.objects.filter(signal=later).exists()
    assert "Words of later." in text
    assert "2 clients need you" in text


def test_where_what_was_over_holds_again_an_old_page_answers_nothing(browser: Browser) -> None:
    over = _another("over", cleared_at=Signal.objects.earliest("pk").raised_at)
    _another("newest", kind="anger")
    form = _row_form(browser)
    Signal.objects.filter(pk=over.pk).update(cleared_at=None)
    answer = browser.post("/answer/", {**form, "answer": "own"}, follow=True)
    assert "Something has changed here since you looked" in answer.content.decode()
    assert not Response.objects.exists()


@pytest.mark.parametrize("shown", ["", "nonsense", "2026-01-01 1 1", "2026-01-01T00:00:00+00:00 -1 1", "x 1 1 y"])
def test_a_form_that_says_nothing_of_what_it_showed_answers_nothing(browser: Browser, shown: str) -> None:
    answer = browser.post("/answer/", {**_row_form(browser), "shown": shown, "answer": "own"}, follow=True)
    assert "That reason is not there any more" in answer.content.decode()
    assert not Response.objects.exists()


def test_what_is_not_drawn_is_counted_and_comes_when_it_is_opened(browser: Browser) -> None:
    kinds = ("anger", "leaving", "praise", "referral", "frustration", "scope_request", "promise_due", "promise_broken")
    for kind in kinds:
        _another(f"few {kind}", kind=kind)
    few = browser.get("/").content.decode()
    for kind in kinds:
        _another(f"more {kind}", kind=kind)  # weaker ones of the same kinds and message change nothing
    page = browser.get("/").content.decode()
    assert len(page) < len(few) + 200
    counted = int(page.partition(f'id="row-{_ids()[0]}"')[2].partition(" more</summary>")[0].rpartition("and ")[2])
    opened = browser.get(f"/today/{_ids()[0]}/more/", headers=HTMX).content.decode()
    assert counted == opened.count("<li>") >= len(kinds) - 1
