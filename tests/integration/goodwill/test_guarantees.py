"""Guarantees and claims: decided within one's authority, paid once, made good, the cause mended; the boots that came
back."""

from __future__ import annotations

import pytest
from tests.conftest import NOW
from tests.integration.goodwill.conftest import person

from amends.capital.models import Posting
from amends.clients.actions.curate import add_engagement
from amends.clients.models import Client, Engagement
from amends.core.errors import AmendsError
from amends.firm import budgets
from amends.firm.models import Firm, Member, Role
from amends.flows.goodwill import guarantees
from amends.flows.goodwill.guarantees import Claimed, OpenClaims, Terms
from amends.flows.goodwill.purse import TooMuch
from amends.flows.recovery.remedies import NotYours
from amends.goodwill.actions.gestures import Moved
from amends.goodwill.models import Claim, Guarantee
from amends.insights.goodwill.guarantees import Rate, guarantees_of, rates, shared_causes
from amends.mail.queries import SYSTEM

MONEY_BACK = Terms("Money back", "Not happy within 30 days: we refund it.", "refund", most="500")


def left(member: Member) -> int | None:
    return budgets.purse_of(member, now=NOW).left


def posted() -> list[tuple[str, int]]:
    return list(Posting.objects.order_by("pk").values_list("kind", "turn"))


@pytest.fixture
def amy(firm: Firm) -> Member:
    """An account manager: refunds up to 500 euros, 2500 a quarter."""
    return person("amy", Role.ACCOUNT_MANAGER)


@pytest.fixture
def money_back(amy: Member) -> Guarantee:
    return guarantees.promise(MONEY_BACK, by=amy, now=NOW)


def claim(
    client: Client, guarantee: Guarantee, by: Member, words: str = "The seams came apart.", **more: object
) -> Claim:
    claimed = Claimed(guarantee.public_id, words, **more)  # type: ignore[arg-type]
    return guarantees.record(SYSTEM, client.public_id, claimed, by=by, now=NOW)


def test_a_claim_is_honoured_paid_and_made_good(quito: Client, money_back: Guarantee, amy: Member, ben: Member) -> None:
    made = claim(quito, money_back, ben, who="Ana", on="2026-03-10")
    assert (made.state, made.claimed_on.isoformat(), made.who) == ("open", "2026-03-10", "Ana")
    assert posted() == []
    guarantees.honour(made.public_id, gives="Your money back", cost="300", by=amy, now=NOW)
    found = Claim.objects.get()
    assert (found.state, found.kind, found.cost, found.decided_by) == ("honoured", "refund", 300_00, amy)
    assert (left(amy), posted()) == (2200_00, [("claim_honoured", 0)])
    guarantees.make_good(made.public_id, by=ben, now=NOW)
    assert (Claim.objects.get().made_good_at, posted()) == (NOW, [("claim_honoured", 0)])


def test_above_ones_authority_it_says_who_may(
    quito: Client, money_back: Guarantee, amy: Member, ben: Member, eve: Member
) -> None:
    made = claim(quito, money_back, ben)
    with pytest.raises(TooMuch) as refused:
        guarantees.honour(made.public_id, gives="Money", cost="300", by=ben, now=NOW)
    assert str(refused.value) == "You may not give this alone: Amy Reed or Eve Reed may, and records it then."
    assert (Claim.objects.get().state, Claim.objects.get().cost) == ("open", 0)


def test_more_than_the_guarantee_gives_is_for_a_partner(
    quito: Client, money_back: Guarantee, amy: Member, eve: Member
) -> None:
    made = claim(quito, money_back, amy)
    with pytest.raises(TooMuch, match="Money back gives €500 at most: a partner may give more"):
        guarantees.honour(made.public_id, gives="Money", cost="600", by=amy, now=NOW)
    assert guarantees.honour(made.public_id, gives="Money", cost="600", by=eve, now=NOW).cost == 600_00


def test_a_refusal_has_its_reason_and_its_line(quito: Client, money_back: Guarantee, amy: Member, ben: Member) -> None:
    made = claim(quito, money_back, ben)
    with pytest.raises(AmendsError, match="Say why not"):
        guarantees.refuse(made.public_id, why=" ", by=amy, now=NOW)
    with pytest.raises(TooMuch):
        guarantees.refuse(made.public_id, why="Too late", by=ben, now=NOW)
    guarantees.refuse(made.public_id, why="Bought two years ago", by=amy, now=NOW)
    assert (Claim.objects.get().why, posted()) == ("Bought two years ago", [("claim_refused", 0)])
    guarantees.undo(made.public_id, before="refused", by=amy, now=NOW)
    assert (Claim.objects.get().state, posted()) == ("open", [("claim_refused", 0), ("claim_refused", 1)])


def test_undoing_gives_the_budget_back(quito: Client, money_back: Guarantee, amy: Member) -> None:
    made = claim(quito, money_back, amy)
    guarantees.honour(made.public_id, gives="Money", cost="300", by=amy, now=NOW)
    guarantees.make_good(made.public_id, by=amy, now=NOW)
    guarantees.undo(made.public_id, before="made_good", by=amy, now=NOW)
    guarantees.undo(made.public_id, before="honoured", by=amy, now=NOW)
    assert (left(amy), Claim.objects.get().state, Claim.objects.get().cost) == (2500_00, "open", 0)
    with pytest.raises(Moved):
        guarantees.undo(made.public_id, before="honoured", by=amy, now=NOW)


def test_a_cause_is_mended_with_what_was_done(quito: Client, money_back: Guarantee, amy: Member) -> None:
    made = claim(quito, money_back, amy)
    with pytest.raises(AmendsError, match="Say what the cause was"):
        guarantees.learn(made.public_id, failure_mode="", mended="New glue", version=1, by=amy, now=NOW)
    guarantees.learn(made.public_id, failure_mode="seams", mended="", version=1, by=amy, now=NOW)
    assert Claim.objects.get().mended_at is None
    guarantees.learn(made.public_id, failure_mode="seams", mended="New glue", version=2, by=amy, now=NOW)
    assert (Claim.objects.get().mended, Claim.objects.get().mended_at) == ("New glue", NOW)


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        (Terms("", "Words", "refund"), "Give it a name"),
        (Terms("Name", "", "refund"), "Write the terms"),
        (Terms("Name", "Words", "boots"), "Choose what it gives"),
        (Terms("Name", "Words", "refund", until="2025-01-01"), "is over"),
        (Terms("Name", "Words", "refund", most="-1"), "cannot be negative"),
    ],
)
def test_terms_that_cannot_be_meant(amy: Member, terms: Terms, why: str) -> None:
    with pytest.raises(AmendsError, match=why):
        guarantees.promise(terms, by=amy, now=NOW)
    assert Guarantee.objects.count() == 0


def test_staff_record_claims_and_promise_nothing(quito: Client, ben: Member) -> None:
    with pytest.raises(NotYours):
        guarantees.promise(MONEY_BACK, by=ben, now=NOW)


def test_what_a_claim_rests_on_must_be_there(quito: Client, retainer: Engagement, amy: Member, firm: Firm) -> None:
    other = Client.objects.create(name="Lima", created_at=NOW)
    within = guarantees.promise(
        Terms("Deadline", "On the day", "credit", engagement=retainer.public_id), by=amy, now=NOW
    )
    with pytest.raises(AmendsError, match="was not given to Lima"):
        claim(other, within, amy)
    assert claim(quito, within, amy).engagement == retainer
    with pytest.raises(AmendsError, match="Write what they say"):
        claim(quito, within, amy, "")
    with pytest.raises(AmendsError, match="not one of theirs"):
        claim(quito, within, amy, evidence=retainer.public_id)
    old = guarantees.promise(Terms("Old", "Words", "fix", until="2026-03-16"), by=amy, now=NOW)
    Guarantee.objects.filter(pk=old.pk).update(until="2026-03-01")
    with pytest.raises(AmendsError, match="held until 1 March 2026"):
        claim(quito, old, amy)
    assert claim(quito, old, amy, on="2026-02-20").state == "open"


def test_it_ends_once_its_claims_are_decided(quito: Client, money_back: Guarantee, amy: Member) -> None:
    made = claim(quito, money_back, amy)
    with pytest.raises(OpenClaims):
        guarantees.end(money_back.public_id, by=amy, now=NOW)
    guarantees.withdraw(made.public_id, why="", by=amy, now=NOW)
    guarantees.end(money_back.public_id, by=amy, now=NOW)
    assert Guarantee.objects.get().ended_at == NOW
    guarantees.begin_again(money_back.public_id, by=amy, now=NOW)
    assert Guarantee.objects.get().ended_at is None


def test_rates_by_kind_of_work_and_the_cause_that_many_share(quito: Client, money_back: Guarantee, amy: Member) -> None:
    boots = [add_engagement(quito, name=f"Boots {n}", now=NOW) for n in range(4)]
    Engagement.objects.update(kind="Boots")
    add_engagement(quito, name="Soles", now=NOW)
    for each in boots[:3]:
        made = claim(quito, money_back, amy, engagement=each.public_id)
        guarantees.learn(made.public_id, failure_mode="seams", mended="", version=1, by=amy, now=NOW)
    assert rates() == [Rate("Boots", 4, 3, 3), Rate("", 1, 0, 0)]
    assert rates()[0].share == 0.75
    [shared] = shared_causes()
    assert (shared.mode, shared.claims, shared.of, shared.unmended) == ("seams", 3, 3, 3)
    found = guarantees_of(SYSTEM, by=None, now=NOW)
    assert ([one.claims for one in found.terms], len(found.waiting), found.without) == ([3], 3, 0)
