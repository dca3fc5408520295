"""The pages: what is written there is kept, what is refused is said, money is for whoever may see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils import timezone
from tests.integration.web.conftest import no_firm

from amends.clients.models import Client, Engagement
from amends.firm.models import Member
from amends.flows.goodwill import gestures
from amends.goodwill.models import Claim, Gesture, Guarantee, Manners, Review
from amends.recovery.models import Recovery

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


def test_a_guarantee_a_claim_and_its_decision(client: Browser, quito: Client, eve: Member) -> None:
    browser = signed_in(client, eve)
    assert post(browser, "/guarantees/new/", name="", words="x", kind="refund").status_code == 422
    post(browser, "/guarantees/new/", name="Money back", words="Not happy: we refund it.", kind="refund")
    terms = Guarantee.objects.get()
    page = f"/clients/{quito.public_id}/goodwill/"
    refused = post(browser, f"{page}claims/", guarantee=str(terms.public_id), words="")
    assert (refused.status_code, "Write what they say" in refused.content.decode()) == (422, True)
    post(browser, f"{page}claims/", guarantee=str(terms.public_id), words="The seams came apart.")
    claim = Claim.objects.get()
    here = f"/claims/{claim.public_id}/"
    assert "The seams came apart." in get(browser, here).content.decode()
    refused = post(browser, here, do="honour", gives="Your money", cost="")
    assert (refused.status_code, "a credit or a refund is an amount" in refused.content.decode()) == (422, True)
    assert post(browser, here, do="honour", gives="Your money", cost="300").status_code == 302
    post(browser, here, do="made_good")
    post(browser, here, do="learn", failure_mode="seams", mended="New glue", version="1")
    found = Claim.objects.get()
    assert (found.state, found.cost, found.mended) == ("made_good", 300_00, "New glue")
    shown = get(browser, "/guarantees/").content.decode()
    assert ("Money back" in shown, "€300" in shown, "cause mended" in shown) == (True, True, True)


def test_results_from_the_page(client: Browser, quito: Client, retainer: Engagement, eve: Member) -> None:
    browser, page = signed_in(client, eve), f"/clients/{quito.public_id}/goodwill/"
    post(browser, f"{page}results/", do="review", place="Clutch", stars="5", words="They flew out.")
    post(browser, f"{page}results/", do="referral", whom="Lima")
    post(browser, f"{page}results/", do="renewal", engagement=str(retainer.public_id), value="12000")
    shown = get(browser, page).content.decode()
    for said in ("They flew out.", "Recommended us to Lima", "PR retainer renewed", "€12,000"):
        assert said in shown
    review = Review.objects.get()
    answer = post(browser, f"/reviews/{review.public_id}/", do="remove")
    assert (answer.url, Review.objects.exclude(removed_at=None).count()) == (page, 1)
    post(browser, f"/reviews/{review.public_id}/?do=restore")
    assert "They flew out." in get(browser, "/reviews/").content.decode()


def test_a_file_of_reviews_from_the_page(client: Browser, quito: Client, eve: Member) -> None:
    browser = signed_in(client, eve)
    file = SimpleUploadedFile("r.csv", b"date,place,stars,client\n2026-03-01,Google,5,Quito\n2026-03-02,Google,9,\n")
    shown = post(browser, "/reviews/", file=file).content.decode()
    assert ("2 rows: 1 written down, 0 known already." in shown, "line 3" in shown) == (True, True)
    assert post(browser, "/reviews/", file=SimpleUploadedFile("r.csv", b"x")).status_code == 422


def test_asking_is_refused_on_the_page_with_the_reason(client: Browser, quito: Client, eve: Member) -> None:
    now = timezone.now()
    Recovery.objects.create(client=quito, title="x", began_at=now, opened_at=now)
    browser, page = signed_in(client, eve), f"/clients/{quito.public_id}/goodwill/"
    why = "Something is being put right with Quito"
    assert why in get(browser, page).content.decode()
    answer = post(browser, f"{page}results/", do="ask", favour="review")
    assert (answer.status_code, why in answer.content.decode()) == (422, True)


def test_the_settings_are_kept(client: Browser, member: Member) -> None:
    browser, given = signed_in(client, member), {"after_ask_days": "60", "after_recovery_days": "10", "low_stars": "3"}
    assert post(browser, "/settings/goodwill/", **given, review_link="nonsense").status_code == 422
    assert post(browser, "/settings/goodwill/", **given, review_link="https://g.example/us").status_code == 302
    assert Manners.objects.get().after_ask_days == 60


def test_a_kind_of_work_is_suggested_from_those_there_were(
    client: Browser, quito: Client, retainer: Engagement, eve: Member
) -> None:
    browser = signed_in(client, eve)
    Engagement.objects.update(kind="PR")
    page = f"/clients/{quito.public_id}/engagements/new/"
    assert '<option value="PR">' in get(browser, page).content.decode()
    post(browser, page, name="Site", kind="  Website  ")
    assert Engagement.objects.latest("pk").kind == "Website"
