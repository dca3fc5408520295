"""What the ledger is told: everything that stands, once; a client that becomes a part of another takes it along."""

from __future__ import annotations

from tests.conftest import NOW

from amends.clients.models import Client, Engagement, Standing
from amends.core.money import Money
from amends.firm.models import Member
from amends.flows import curate
from amends.flows.capital.posting import build
from amends.flows.capital.sources import goodwill as source
from amends.flows.goodwill import gestures, results
from amends.goodwill.models import Gesture, Review
from amends.insights.goodwill.client import goodwill_of
from amends.mail.queries import SYSTEM


def events(client: Client) -> list[tuple[str, str]]:
    return sorted((one.kind, one.evidence[0]) for one in source.of_clients([client.pk]))


def test_all_that_stands_is_told_once(quito: Client, retainer: Engagement, eve: Member) -> None:
    done = gestures.plan(quito.public_id, gestures.Typed("Flowers", cost="40"), by=eve, now=NOW)
    gestures.done(done.public_id, by=eve, now=NOW)
    gestures.plan(quito.public_id, gestures.Typed("Later"), by=eve, now=NOW)
    results.add_review(quito, results.Said("Google", stars="5"), by=eve, now=NOW)
    gone, _new = results.add_review(quito, results.Said("Google", stars="1"), by=eve, now=NOW)
    results.change_review(gone.public_id, do="remove", by=eve, now=NOW)
    results.add_referral(quito.public_id, results.Recommended("Lima"), by=eve, now=NOW)
    results.renew(results.Renewed(retainer.public_id), by=eve, now=NOW)
    assert events(quito) == [
        ("gesture", "gesture"), ("referral_in", "referral"), ("renewal", "renewal"), ("review_good", "review"),
    ]  # fmt: skip
    assert build(now=NOW) == 0


def test_what_was_booked_for_something_else_is_told_there(quito: Client, eve: Member) -> None:
    about = ("scope_request", quito.public_id)
    made = gestures.book(quito, what="Two more pages", cost=Money(100_00, "EUR"), about=about, by=eve, now=NOW)
    assert gestures.book(quito, what="x", cost=Money(1, "EUR"), about=about, by=eve, now=NOW) == made
    assert (made.state, events(quito), source.of_gestures([made.pk])) == ("done", [], [])


def test_a_client_that_becomes_part_of_another_takes_it_along(quito: Client, eve: Member) -> None:
    other = Client.objects.create(name="Ecuador", standing=Standing.CLIENT, standing_fixed=True, created_at=NOW)
    made = gestures.plan(quito.public_id, gestures.Typed("Flowers"), by=eve, now=NOW)
    gestures.done(made.public_id, by=eve, now=NOW)
    results.add_review(quito, results.Said("Google", stars="5"), by=eve, now=NOW)
    curate.merge(quito, other, member=eve, now=NOW)
    assert (Gesture.objects.get().client, Review.objects.get().client) == (other, other)
    found = goodwill_of(SYSTEM, eve.firm, other.public_id, by=eve, now=NOW)
    assert sorted(one.kind for one in found.moments) == ["gesture", "review"]
