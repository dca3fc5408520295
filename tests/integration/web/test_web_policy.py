"""The capital policy as a page: read by everybody, previewed and adopted by administrators, rewriting nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser

from amends.capital.models import PolicyVersion, Posting
from amends.capital.policy import read, shipped
from amends.capital.rules import Event
from amends.clients.models import Client, Standing
from amends.core.ids import uuid7
from amends.firm.models import AuditEntry, Firm, Member, Role
from amends.flows.capital.policies import adopt
from amends.flows.capital.posting import settle

DEAR = shipped().replace("amount = 4\n", "amount = 40\n", 1)  # praise
PAGE = "/settings/policy/"


@pytest.fixture
def two(firm: Firm, fresh: datetime) -> tuple[Client, Client]:
    """Hartwell, angry; Delacroix, pleased."""
    made = []
    for name, kind in (("Hartwell", "anger"), ("Delacroix", "praise")):
        client = Client.objects.create(name=name, created_at=fresh, standing=Standing.CLIENT, standing_fixed=True)
        settle([Event(f"{name}:1", kind, client.pk, fresh - timedelta(days=3), ("survey", uuid7()))], now=fresh)
        made.append(client)
    return made[0], made[1]


def test_before_anything_was_posted_it_shows_the_shipped_policy(browser: Browser, firm: Firm) -> None:
    page = browser.get(PAGE).content.decode()
    assert "the policy as it comes holds from the first posting on" in page
    assert "Of 8 points, 4 are left after 180 days, 2 after 360 and 1 after 540." in page
    assert page.count('<td class="num">') == len(read(shipped()).lines)
    assert browser.get(f"{PAGE}1.toml").content.decode() == shipped()
    seen = browser.post(PAGE, {"do": "preview", "text": DEAR, "after": "1"}).content.decode()
    assert "Nothing was posted yet, so there is nothing to compare." in seen
    assert PolicyVersion.objects.count() == 0


@pytest.mark.parametrize("role", [Role.STAFF, Role.PARTNER, Role.FINANCE_VIEWER])
def test_who_does_not_administer_reads_it_without_the_form(
    browser: Browser, two: tuple[Client, Client], fresh: datetime, role: Role
) -> None:
    somebody = Member.objects.create_member(email="s@studio.example", name="Sam", role=role, now=fresh)
    browser.force_login(somebody, backend="amends.firm.sign_in.MemberBackend")
    page = browser.get(PAGE).content.decode()
    assert "The client says that something is wrong." in page
    assert "Administrators write one." in page
    assert "<textarea" not in page
    assert "Begin with its text" not in page
    assert browser.get(f"{PAGE}1.toml").status_code == 200
    given = {"do": "adopt", "text": DEAR, "after": "1", "why": "I would"}
    assert browser.post(PAGE, given).status_code == 403
    assert PolicyVersion.objects.count() == 1


def test_a_policy_is_previewed_without_writing(browser: Browser, two: tuple[Client, Client]) -> None:
    before = list(Posting.objects.values_list("amount", flat=True))
    page = browser.post(PAGE, {"do": "preview", "text": DEAR, "after": "1"}).content.decode()
    assert "Had this always held, 1 balance of 2 would be another (2 postings). Nothing was changed." in page
    assert '<td class="num">4</td><td class="num">40</td><td class="num">+36</td>' in page
    assert '<th scope="row">Praise</th><td class="num">+3.95</td>' in page
    assert "amount = 40" in page
    assert list(Posting.objects.values_list("amount", flat=True)) == before
    assert PolicyVersion.objects.count() == 1
    same = browser.post(PAGE, {"do": "preview", "text": shipped(), "after": "1"}).content.decode()
    assert "Had this always held, 0 balances of 2 would be others" in same


def test_a_kind_that_counted_for_nothing_is_named(
    browser: Browser, two: tuple[Client, Client], fresh: datetime
) -> None:
    quiet = shipped().replace("amount = 5\n", "amount = 0\n")
    adopt(quiet, why="No gestures", by=None, after=1, now=fresh)
    page = browser.post(PAGE, {"do": "preview", "text": shipped(), "after": "2"}).content.decode()
    assert "Not counted: what happened of Gesture while an earlier version gave it nothing." in page


def test_a_policy_is_adopted_with_a_reason(browser: Browser, member: Member, two: tuple[Client, Client]) -> None:
    given = {"do": "adopt", "text": DEAR.replace("\n", "\r\n"), "after": "1", "why": " "}
    refused = browser.post(PAGE, given)
    page = refused.content.decode()
    assert (refused.status_code, "Say why it changes" in page) == (422, True)
    assert 'aria-describedby="p-why-hint p-why-problem" aria-invalid="true" autofocus' in page
    assert "amount = 40" in page
    answer = browser.post(PAGE, {**given, "why": "Praise is rare here."}, follow=True)
    page = answer.content.decode()
    assert "Version 2 holds for what is posted from now on. What was posted before stays as it is." in page
    assert "Praise is rare here." in page
    assert "Praise +4.00 → +40.00" in page
    made = PolicyVersion.objects.get(number=2)
    assert (made.text, made.by) == (DEAR.replace("version = 1", "version = 2"), member.public_id)
    assert sorted(Posting.objects.values_list("amount", flat=True)) == [-500, 400]
    entry = AuditEntry.objects.get(did="policy.adopted")
    assert (entry.member, entry.about) == (member, "Version 2")
    assert entry.detail == {"before": 1, "number": 2, "why": "Praise is rare here."}
    assert "adopted a capital policy:" in browser.get("/settings/audit/").content.decode()
    file = browser.get(f"{PAGE}2.toml")
    assert file.content.decode() == made.text
    assert file.headers["Content-Disposition"] == 'attachment; filename="policy-2.toml"'
    assert browser.get(f"{PAGE}3.toml").status_code == 404


def test_an_older_text_can_be_begun_with(browser: Browser, two: tuple[Client, Client], fresh: datetime) -> None:
    adopt(DEAR, why="Rare", by=None, after=1, now=fresh)
    page = browser.get(f"{PAGE}?again=1").content.decode()
    assert "This is the text of version 1." in page
    text = page.partition("<textarea")[2].partition("</textarea>")[0]
    assert "amount = 40\n" not in text
    assert "version = 3\n" in text


def test_whoever_was_quicker_is_told_and_nothing_typed_is_lost(
    browser: Browser, two: tuple[Client, Client], fresh: datetime
) -> None:
    adopt(shipped(), why="Somebody was here", by=None, after=1, now=fresh)
    given = {"do": "adopt", "text": DEAR, "after": "1", "why": "Praise is rare here."}
    late = browser.post(PAGE, given)
    page = late.content.decode()
    assert (late.status_code, PolicyVersion.objects.count()) == (409, 2)
    assert "Version 2 was adopted meanwhile" in page
    assert "amount = 40" in page
    assert 'value="Praise is rare here."' in page
    assert 'name="after" value="2"' in page
    assert browser.post(PAGE, {**given, "after": "2"}).status_code == 302
    assert PolicyVersion.objects.latest("number").number == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version = ", "This is not TOML"),
        ("", "lowest is a whole number from -100,000 to 0."),
        (shipped().replace("[line.gesture]", "[line.hug]"), "[line.hug] is no kind of event that there is"),
        (
            shipped().replace("amount = 5\n", "amount = 5000\n"),
            "[line.gesture] amount is a number from -1,000 to 1,000.",
        ),
        (shipped() + "#" * 60_000, "A policy has at most 60,000 characters"),
        (shipped() + "\x00", "This is not TOML"),
    ],
)
@pytest.mark.parametrize("do", ["preview", "adopt"])
def test_a_bad_policy_is_refused_in_one_sentence_at_its_field(
    browser: Browser, firm: Firm, do: str, text: str, said: str
) -> None:
    answer = browser.post(PAGE, {"do": do, "text": text, "after": "1", "why": "Because"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page.partition('id="p-text-problem" role="alert">')[2].partition("</p>")[0].replace("&#x27;", "'")
    assert 'aria-describedby="p-text-hint p-text-problem" aria-invalid="true" autofocus' in page
    assert PolicyVersion.objects.count() == 0


def test_whatever_is_sent_instead_of_a_number_is_another_version(browser: Browser, firm: Firm) -> None:
    for after in ("", "x", "-1", "9" * 30):
        assert browser.post(PAGE, {"do": "adopt", "text": DEAR, "after": after, "why": "Because"}).status_code == 409
    assert browser.get(f"{PAGE}?again=x").status_code == 404
    assert browser.get(f"{PAGE}?again=77").status_code == 200
