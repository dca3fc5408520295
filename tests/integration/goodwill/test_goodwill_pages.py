"""The pages: what is written there is kept, what is refused is said, money is for whoever may see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone
from tests.integration.web.conftest import no_firm

from amends.clients.models import Client
from amends.firm.models import Member
from amends.flows.goodwill import gestures
from amends.goodwill.models import Gesture

pytestmark = pytest.mark.once


def signed_in(browser: Browser, member: Member) -> Browser:
    browser.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    return browser


def get(browser: Browser, address: str) -> Any:
    with no_firm():
        return browser.get(address)


def post(browser: Browser, address: str, **given: Any) -> Any:
    with no_firm():
        return browser.post(address, given)


def test_a_gesture_from_the_page(client: Browser, quito: Client, ben: Member) -> None:
    browser, page = signed_in(client, ben), f"/clients/{quito.public_id}/goodwill/"
    assert "Nothing yet" in get(browser, page).content.decode()
    answer = post(browser, f"{page}gestures/", what="Flowers", cost="40")
    assert (answer.status_code, answer.url) == (302, page)
    made = Gesture.objects.get()
    shown = get(browser, page).content.decode()
    assert ("Flowers" in shown, "€40" in shown, "€210 of your budget is left." in shown) == (True, True, True)
    answer = post(browser, f"/gestures/{made.public_id}/", do="done", on="", cost="")
    assert answer.status_code == 302
    shown = get(browser, page).content.decode()
    assert ("Done." in shown, f"/gestures/{made.public_id}/?do=undo&amp;from=done" in shown) == (True, True)
    post(browser, f"/gestures/{made.public_id}/?do=undo&from=done")
    assert Gesture.objects.get().state == "planned"


def test_what_is_refused_stands_there_as_it_was_typed(client: Browser, quito: Client, ben: Member, eve: Member) -> None:
    browser = signed_in(client, ben)
    answer = post(browser, f"/clients/{quito.public_id}/goodwill/gestures/", what="A flight to Quito", cost="900")
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "€900 is more than you may give alone, which is €50 at most: Eve Reed may, and records it then." in shown
    assert ('value="A flight to Quito"' in shown, Gesture.objects.count()) == (True, 0)


def test_what_a_gesture_cost_is_for_whoever_may_see_money_and_who_spent_it(
    client: Browser, quito: Client, ben: Member, eve: Member
) -> None:
    gestures.plan(quito.public_id, gestures.Typed("A flight", cost="1234"), by=eve, now=timezone.now())
    page = f"/clients/{quito.public_id}/goodwill/"
    assert "1,234" in get(signed_in(client, eve), page).content.decode()
    shown = get(signed_in(client, ben), page).content.decode()
    assert ("A flight" in shown, "1,234" in shown, 'value="1234' in shown) == (True, False, False)
