"""Reviews, recommendations, renewals, returns: each once, into the ledger; a public complaint is a reason on Today."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.conftest import NOW

from amends.capital.models import Posting
from amends.clients.actions.curate import add_engagement
from amends.clients.models import Client, Engagement
from amends.core.errors import AmendsError
from amends.firm.models import Firm, Member
from amends.flows import engagements
from amends.flows.goodwill import results
from amends.flows.goodwill.results import Known, Recommended, Renewed, Said
from amends.flows.keep.pointing import dangling
from amends.goodwill.models import Referral, Renewal, Review
from amends.goodwill.queries import beginnings
from amends.insights.today import today
from amends.mail.actions.replace import replace_all
from amends.mail.models import Message
from amends.mail.queries import SYSTEM

BAD = Said("Clutch", on="2026-03-10", stars="2", words="They missed the launch, and nobody called.", author="Ana V.")


def posted() -> list[tuple[str, int]]:
    return list(Posting.objects.order_by("pk").values_list("kind", "turn"))


def reasons(firm: Firm) -> list[tuple[str, str, str]]:
    return [
        (row.name, reason.kind, reason.quote)
        for row in today(SYSTEM, firm, now=NOW, at=NOW).rows
        for reason in row.reasons
    ]


def test_a_public_complaint_is_a_reason_on_today(firm: Firm, quito: Client, ben: Member) -> None:
    review, new = results.add_review(quito, BAD, by=ben, now=NOW)
    assert (new, review.stars, posted()) == (True, Decimal(2), [("review_bad", 0)])
    assert reasons(firm) == [("Quito", "complaint", BAD.words)]
    assert review.message is not None
    message = Message.objects.get(public_id=review.message)
    assert (message.kind, message.client, message.sender_name) == ("review", quito, "Ana V., Clutch")
    assert list(dangling()) == []
    replace_all(now=NOW)
    assert Message.objects.get().client == quito


def test_the_same_again_changes_nothing(quito: Client, ben: Member) -> None:
    first, _new = results.add_review(quito, BAD, by=ben, now=NOW)
    again, new = results.add_review(quito, BAD, by=ben, now=NOW)
    assert (again.pk, new, Review.objects.count(), Message.objects.count()) == (first.pk, False, 1, 1)


def test_what_is_taken_back_or_answered_is_no_reason_any_more(firm: Firm, quito: Client, ben: Member) -> None:
    review, _new = results.add_review(quito, BAD, by=ben, now=NOW - timedelta(hours=2))

    def change(do: str) -> None:
        results.change_review(review.public_id, do=do, by=ben, now=NOW - timedelta(hours=1))

    change("answered")
    assert (reasons(firm), posted()) == ([], [("review_bad", 0)])
    change("open")
    assert len(reasons(firm)) == 1
    change("remove")
    assert (reasons(firm), posted(), Message.objects.get().client) == ([], [("review_bad", 0), ("review_bad", 1)], None)
    change("restore")
    assert (len(reasons(firm)), Message.objects.get().client) == (1, quito)
    change("none")
    assert (reasons(firm), posted()[-1]) == ([], ("review_bad", 3))


def test_a_person_may_say_that_it_is_a_complaint(firm: Firm, quito: Client, ben: Member) -> None:
    said = Said("The Herald", words="An agency that never calls back.")
    review, _new = results.add_review(quito, said, by=ben, now=NOW)
    assert (reasons(firm), posted()) == ([], [])
    results.change_review(review.public_id, do="complaint", by=ben, now=NOW)
    assert (len(reasons(firm)), posted()) == (1, [("review_bad", 0)])


def test_a_good_one_is_a_good_one(firm: Firm, quito: Client, ben: Member) -> None:
    results.add_review(quito, Said("Google", stars="4,5/5", words="They flew out to help."), by=ben, now=NOW)
    assert (posted(), reasons(firm), Message.objects.count()) == ([("review_good", 0)], [], 0)


def test_one_of_nobody_known_waits_for_whose_it_is(firm: Firm, quito: Client, ben: Member) -> None:
    review, _new = results.add_review(None, BAD, by=ben, now=NOW)
    assert (posted(), reasons(firm)) == ([], [])
    results.change_review(review.public_id, do="whose", client=quito.public_id, by=ben, now=NOW)
    assert (posted(), len(reasons(firm))) == ([("review_bad", 0)], 1)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Said("", words="Good"), "Say where it stands"),
        (Said("Google"), "has words or stars"),
        (Said("Google", stars="6"), "no number of stars"),
        (Said("Google", stars="NaN"), "no number of stars"),
        (Said("Google", stars="3", on="2027-01-01"), "still to come"),
        (Said("Google", stars="3", link="javascript:alert(1)"), "no web address"),
        (Said("Google", stars="3", complaint="perhaps"), "yes or no"),
        (Said("Google", words="x" * 5001), "too long"),
    ],
)
def test_what_cannot_be_meant(quito: Client, ben: Member, said: Said, why: str) -> None:
    with pytest.raises(AmendsError, match=why):
        results.add_review(quito, said, by=ben, now=NOW)
    assert Review.objects.count() == 0


def test_a_recommendation_and_what_it_became(quito: Client, ben: Member) -> None:
    made = results.add_referral(quito.public_id, Recommended("Lima", who="Ana"), by=ben, now=NOW)
    assert (made.became, posted()) == ("open", [("referral_in", 0)])
    lima = Client.objects.create(name="Lima", created_at=NOW)
    said = Recommended("Lima", who="Ana", new_client=lima.public_id, worth="12000")
    results.change_referral(made.public_id, said, version=1, by=ben, now=NOW)
    found = Referral.objects.get()
    assert (found.became, found.new_client, found.worth) == ("client", lima, 12_000_00)
    with pytest.raises(AmendsError, match="Somebody was quicker"):
        results.change_referral(made.public_id, said, version=1, by=ben, now=NOW)
    with pytest.raises(AmendsError, match="to somebody else"):
        results.add_referral(quito.public_id, Recommended("Us", new_client=quito.public_id), by=ben, now=NOW)
    results.remove_referral(made.public_id, by=ben, now=NOW)
    results.remove_referral(made.public_id, again=True, by=ben, now=NOW)
    assert posted() == [("referral_in", 0), ("referral_in", 1), ("referral_in", 2)]


def test_a_renewal_says_the_new_date_and_value(quito: Client, retainer: Engagement, eve: Member) -> None:
    Engagement.objects.update(renews_on="2026-03-15", yearly_value=Decimal(10_000))
    said = Renewed(retainer.public_id, on="2026-03-14", next_on="2027-03-15", value="12000")
    made = results.renew(said, by=eve, now=NOW)
    found = Engagement.objects.get()
    assert (found.renews_on, found.yearly_value, posted()) == (date(2027, 3, 15), Decimal(12_000), [("renewal", 0)])
    with pytest.raises(Known):
        results.renew(said, by=eve, now=NOW)
    results.remove_renewal(made.public_id, by=eve, now=NOW)
    found = Engagement.objects.get()
    assert (found.renews_on, found.yearly_value) == (date(2026, 3, 15), Decimal(10_000))
    assert (posted(), Renewal.objects.get().removed_at) == ([("renewal", 0), ("renewal", 1)], NOW)


def test_a_client_who_comes_back(quito: Client, retainer: Engagement, eve: Member) -> None:
    Engagement.objects.update(starts_on="2024-01-01", closed_at=NOW - timedelta(days=100))
    engagements.begin(quito, {"name": "Launch", "starts_on": date(2026, 3, 1)}, member=eve, now=NOW)
    assert [one.returned for one in beginnings([quito.pk])] == [False, True]
    assert posted() == [("returned", 0)]
    engagements.reopen(Engagement.objects.get(pk=retainer.pk), member=eve, now=NOW)
    assert posted() == [("returned", 0), ("returned", 1)]


def test_one_who_never_left_does_not_come_back(quito: Client, retainer: Engagement) -> None:
    add_engagement(quito, name="Second", now=NOW, starts_on=date(2026, 3, 20))
    assert [one.returned for one in beginnings([quito.pk])] == [False, False]
