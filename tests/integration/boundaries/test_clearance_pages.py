"""The pages of clearance: the list, a new publication, its checks one deed at a time, and where else it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser

from amends.boundaries.models import ClearanceCheck, ClearanceEvidence, Publication
from amends.clients.models import Client, Engagement, Standing
from amends.firm.models import Member, Role

pytestmark = pytest.mark.once


@pytest.fixture
def fresh() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def work(member: Member, fresh: datetime) -> Engagement:
    client = Client.objects.create(name="Aerie", standing=Standing.CLIENT, standing_fixed=True, created_at=fresh)
    return Engagement.objects.create(client=client, name="Package", kind="PR", created_at=fresh)


@pytest.fixture
def browser(client: Browser, member: Member) -> Browser:
    client.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    return client


@pytest.fixture
def here(browser: Browser, work: Engagement, fresh: datetime) -> str:
    """The page of a publication."""
    given = {"engagement": str(work.public_id), "what": "Fly Like an Eagle", "where": "Radio", "kind": "pr"}
    made = browser.post("/clearance/new/", {**given, "goes_on": str(fresh.date() + timedelta(days=1))})
    assert made.status_code == 302
    return str(made["Location"])


def page(browser: Browser, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def undo(browser: Browser, said: str) -> None:
    action = said.split('<form method="post" action="')[-1].split('"')[0].replace("&amp;", "&")
    assert browser.post(action).status_code == 302


def test_the_form_offers_the_list_that_fits(browser: Browser, work: Engagement) -> None:
    form = page(browser, f"/clearance/new/?engagement={work.public_id}")
    assert '<option value="pr" selected>' in form
    assert browser.get("/clearance/new/").status_code == 404
    bad = browser.post("/clearance/new/", {"engagement": str(work.public_id), "what": ""})
    assert bad.status_code == 422
    assert not Publication.objects.exists()


def test_it_is_told_on_its_engagement_in_the_list_and_in_the_week(
    browser: Browser, work: Engagement, here: str
) -> None:
    for address in (
        f"/clients/{work.client.public_id}/engagements/{work.public_id}/", "/clearance/", "/promises/", here,
    ):  # fmt: skip
        said = page(browser, address)
        assert "Fly Like an Eagle" in said, address
        assert "0 of 12 checks done" in said, address
    assert "Fly Like an Eagle" not in page(browser, "/promises/?show=waiting")
    assert "Fly Like an Eagle" not in page(browser, "/clearance/?show=published")
    assert "the song until its lawyer did" not in page(browser, "/clearance/")


def test_a_check_is_settled_and_undone(browser: Browser, here: str) -> None:
    check = ClearanceCheck.objects.get(name__startswith="Name of the campaign")
    given = {"check": str(check.public_id), "version": "1"}
    refused = browser.post(here, {**given, "do": "settle", "state": "clear"})
    assert refused.status_code == 422
    assert "Say what you looked at first" in refused.content.decode()
    kept = browser.post(
        here, {**given, "do": "rest", "kind": "link", "words": "https://register.example/1"}, follow=True
    )
    assert 'href="https://register.example/1"' in kept.content.decode()
    cleared = browser.post(here, {**given, "do": "settle", "state": "clear"}, follow=True).content.decode()
    assert "1 of 12 checks done" in cleared
    undo(browser, cleared)
    check.refresh_from_db()
    assert check.state == "open"
    taken = browser.post(
        here, {"do": "take_away", "evidence": str(ClearanceEvidence.objects.get().public_id)}, follow=True
    )
    undo(browser, taken.content.decode())
    assert ClearanceEvidence.objects.get().removed_at is None
    stopped = browser.post(here, {**given, "version": "3", "do": "settle", "state": "stopped", "reason": "A song."})
    assert stopped.status_code == 302
    assert "1 stopped" in page(browser, "/clearance/")


def test_what_goes_out_early_says_so(browser: Browser, here: str) -> None:
    out = browser.post(here, {"do": "publish", "version": "1"}, follow=True).content.decode()
    assert "Published before it was cleared: 12 checks were open" in out
    undo(browser, out)
    assert Publication.objects.get().state == "open"


def test_the_rest_of_the_deeds(browser: Browser, here: str, member: Member) -> None:
    check = ClearanceCheck.objects.order_by("place")[0]
    given = {"check": str(check.public_id), "version": "1"}
    whose = {"do": "assign", "owner": str(member.public_id), "by_when": "2028-01-02"}
    assert browser.post(here, {**given, **whose}).status_code == 302
    check.refresh_from_db()
    assert (check.owner, str(check.by_when)) == (member, "2028-01-02")
    assert browser.post(here, {**given, **whose, "by_when": "soon"}).status_code == 422
    assert browser.post(here, {"do": "add", "name": "The helicopter"}).status_code == 302
    assert browser.post(here, {"do": "add", "name": ""}).status_code == 422
    assert browser.post(here, {"do": "change", "version": "1", "what": "Soar"}).status_code == 302
    assert browser.post(here, {"do": "change", "version": "1", "what": "Late"}).status_code == 422
    assert browser.post(here, {"do": "change", "version": "2", "what": ""}).status_code == 422
    assert "was looked through" in browser.post(here, {"do": "paste", "text": "Come."}, follow=True).content.decode()
    assert "No other client’s name" in page(browser, here)
    dropped = browser.post(here, {"do": "drop", "version": "2"}, follow=True).content.decode()
    assert "Not published" in dropped
    undo(browser, dropped)
    for wrong in (
        {"do": "dance"},
        {"do": "settle", "check": "x"},
        {"do": "assign", **given, "owner": str(check.public_id)},
    ):
        assert browser.post(here, wrong).status_code == 404


def test_who_looks_on_reads_and_changes_nothing(browser: Browser, here: str, member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(role=Role.FINANCE_VIEWER)
    said = page(browser, here)
    assert "Look at it" not in said
    assert "The words that go public" not in said
    assert browser.post(here, {"do": "publish", "version": "1"}).status_code == 403
    Member.objects.filter(pk=member.pk).update(role=Role.STAFF)
    assert 'value="not_needed"' not in page(browser, here)
