"""Going the extra mile: within one's authority and budget, exactly once, and into the ledger."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import NOW
from tests.integration.goodwill.conftest import person

from amends.capital.models import Posting
from amends.clients.models import Client, Engagement
from amends.core.errors import AmendsError
from amends.firm import budgets
from amends.firm.models import AuditEntry, Member, Role
from amends.flows.goodwill import gestures
from amends.flows.goodwill.gestures import Typed
from amends.flows.goodwill.purse import TooMuch
from amends.flows.recovery.remedies import NotYours
from amends.goodwill.actions.gestures import Moved
from amends.goodwill.models import Gesture


def left(member: Member) -> int | None:
    return budgets.purse_of(member, now=NOW).left


def ledger() -> list[tuple[str, int]]:
    return [(row.kind, row.turn) for row in Posting.objects.order_by("pk")]


def plan(client: Client, by: Member, cost: str = "40", **more: Any) -> Gesture:
    return gestures.plan(client.public_id, Typed(what="Flowers for the opening", cost=cost, **more), by=by, now=NOW)


def test_what_is_planned_is_set_aside_and_what_is_done_is_posted(
    quito: Client, retainer: Engagement, ben: Member
) -> None:
    made = gestures.plan(
        quito.public_id, Typed("Flowers", why="They waited", cost="40", engagement=retainer.public_id,
                               planned_for="2026-03-20"), by=ben, now=NOW,
    )  # fmt: skip
    assert (made.state, made.cost, made.currency, made.engagement) == ("planned", 4000, "EUR", retainer)
    assert left(ben) == 210_00
    assert ledger() == []
    gestures.done(made.public_id, by=ben, now=NOW)
    assert Gesture.objects.get().done_at == NOW
    assert ledger() == [("gesture", 0)]
    posted = Posting.objects.get()
    assert (posted.evidence_kind, posted.evidence_id) == ("gesture", made.public_id)
    assert list(AuditEntry.objects.filter(about=f"gesture {made.public_id}").values_list("did", flat=True)) == [
        "gesture.planned", "gesture.done",
    ]  # fmt: skip


def test_a_slip_takes_back_what_was_posted(quito: Client, ben: Member) -> None:
    made = plan(quito, ben)
    gestures.done(made.public_id, by=ben, now=NOW)
    gestures.undo(made.public_id, before="done", by=ben, now=NOW)
    assert (Gesture.objects.get().state, Gesture.objects.get().done_at) == ("planned", None)
    assert ledger() == [("gesture", 0), ("gesture", 1)]
    assert sum(Posting.objects.values_list("amount", flat=True)) == 0
    gestures.done(made.public_id, by=ben, now=NOW)
    assert ledger() == [("gesture", 0), ("gesture", 1), ("gesture", 2)]


def test_what_is_dropped_goes_back_into_the_budget_and_out_again(quito: Client, ben: Member) -> None:
    made = plan(quito, ben)
    gestures.drop(made.public_id, by=ben, now=NOW)
    assert left(ben) == 250_00
    gestures.undo(made.public_id, before="dropped", by=ben, now=NOW)
    assert (left(ben), Gesture.objects.get().state) == (210_00, "planned")


def test_another_cost_is_paid_anew(quito: Client, ben: Member) -> None:
    made = plan(quito, ben)
    gestures.change(made.public_id, Typed("Flowers and a card", cost="45"), version=1, by=ben, now=NOW)
    assert left(ben) == 205_00
    gestures.done(made.public_id, on="2026-03-10", cost="38.50", by=ben, now=NOW)
    found = Gesture.objects.get()
    assert (left(ben), found.cost, found.done_at and found.done_at.date().isoformat()) == (211_50, 38_50, "2026-03-10")


def test_a_change_that_says_no_cost_leaves_it(quito: Client, ben: Member) -> None:
    made = plan(quito, ben)
    assert gestures.change(made.public_id, Typed("Tulips"), version=1, by=ben, now=NOW).cost == 40_00
    assert left(ben) == 210_00


def test_beyond_ones_authority_it_is_refused_with_who_may(quito: Client, ben: Member, eve: Member) -> None:
    with pytest.raises(TooMuch) as refused:
        plan(quito, ben, "60")
    assert str(refused.value) == (
        "€60 is more than you may give alone, which is €50 at most: Eve Reed may, and records it then."
    )
    assert Gesture.objects.count() == 0
    assert plan(quito, eve, "6000").cost == 6000_00


def test_beyond_the_budget_it_is_refused(quito: Client, ben: Member, eve: Member) -> None:
    for _time in range(5):
        plan(quito, ben, "50")
    with pytest.raises(TooMuch) as refused:
        plan(quito, ben, "10")
    assert str(refused.value) == "Your budget has €0 left until 31 March: Eve Reed may, and records it then."
    assert Gesture.objects.count() == 5


def test_where_nobody_may_it_says_so(quito: Client, ben: Member) -> None:
    with pytest.raises(TooMuch, match="until an administrator raises it in Settings"):
        plan(quito, ben, "60")


def test_whoever_looks_on_gives_nothing(quito: Client) -> None:
    with pytest.raises(NotYours):
        plan(quito, person("fin", Role.FINANCE_VIEWER))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (Typed(""), "Say what you do for them"),
        (Typed("x" * 501), "500 characters"),
        (Typed("Flowers", cost="-3"), "cannot be negative"),
        (Typed("Flowers", cost="1.500"), "can be 1500 or 1.500"),
        (Typed("Flowers", cost="99999999999"), "look at the zeros"),
        (Typed("Flowers", planned_for="next week"), "no day of the calendar"),
        (Typed("Flowers", planned_for="2026-02-30"), "no day of the calendar"),
        (Typed("Flowers", planned_for="0001-01-01"), "look at the year"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(quito: Client, eve: Member, typed: Typed, why: str) -> None:
    with pytest.raises(AmendsError, match=why):
        gestures.plan(quito.public_id, typed, by=eve, now=NOW)
    assert Gesture.objects.count() == 0


def test_of_two_who_end_it_at_once_one_does(quito: Client, eve: Member) -> None:
    made = plan(quito, eve)
    gestures.done(made.public_id, by=eve, now=NOW)
    with pytest.raises(Moved):
        gestures.drop(made.public_id, by=eve, now=NOW)
    with pytest.raises(Moved):
        gestures.change(made.public_id, Typed("Other words"), version=1, by=eve, now=NOW)


def test_words_on_words_that_one_has_not_seen_are_refused(quito: Client, eve: Member) -> None:
    made = plan(quito, eve)
    gestures.change(made.public_id, Typed("Tulips", cost="40"), version=1, by=eve, now=NOW)
    with pytest.raises(Moved):
        gestures.change(made.public_id, Typed("Roses", cost="40"), version=1, by=eve, now=NOW)
    assert Gesture.objects.get().what == "Tulips"


def test_it_cannot_be_done_tomorrow(quito: Client, eve: Member) -> None:
    made = plan(quito, eve)
    with pytest.raises(AmendsError, match="still to come"):
        gestures.done(made.public_id, on="2026-03-17", by=eve, now=NOW)
