"""Points: merged, split, reworded, moved, taken off, and undone; of two people nobody overwrites the other."""

from __future__ import annotations

import pytest
from tests.conftest import NOW
from tests.integration.recovery.conftest import BROKEN, WRONG
from tests.letters import days

from amends.firm.models import Member
from amends.flows.recovery import answering, owning, points, stages
from amends.flows.recovery.points import CannotUndo
from amends.flows.recovery.within import Closed
from amends.mail.privacy import SYSTEM, Reader
from amends.mail.queries import new_text_of
from amends.recovery.actions.issues import Undo
from amends.recovery.actions.work import NotNow, TooLate
from amends.recovery.models import Finding, Issue, Recovery, RecoveryStep
from amends.recovery.queries import points as standing


def _quotes(recovery: Recovery) -> list[str]:
    return [one.quote for one in standing(recovery)]


def _back(recovery: Recovery, undo: Undo) -> None:
    points.undo(SYSTEM, recovery.public_id, points.sealed(recovery.public_id, undo))


def test_quotes_are_exact(recovery: Recovery) -> None:
    for one in standing(recovery):
        assert one.message is not None
        assert new_text_of(one.message.body)[one.start : one.end] == one.quote


def test_merging_and_parting(recovery: Recovery) -> None:
    first, second = standing(recovery)
    undo = points.merge(SYSTEM, recovery.public_id, [second.public_id, first.public_id], now=NOW)
    assert _quotes(recovery) == [WRONG]
    _back(recovery, undo)
    assert _quotes(recovery) == [WRONG, BROKEN]
    points.merge(SYSTEM, recovery.public_id, [second.public_id, first.public_id], now=NOW)
    points.part(SYSTEM, recovery.public_id, second.public_id)
    assert _quotes(recovery) == [WRONG, BROKEN]
    with pytest.raises(NotNow):
        points.merge(SYSTEM, recovery.public_id, [first.public_id], now=NOW)


def test_splitting_keeps_the_places(recovery: Recovery) -> None:
    second = standing(recovery)[1]
    at = BROKEN.index("and nobody")
    undo = points.split(SYSTEM, recovery.public_id, second.public_id, at=at, by=None, now=NOW)
    assert _quotes(recovery) == [WRONG, "The website is broken since Monday", "and nobody answers."]
    test_quotes_are_exact(recovery)
    _back(recovery, undo)
    assert _quotes(recovery) == [WRONG, BROKEN]
    test_quotes_are_exact(recovery)
    with pytest.raises(NotNow):
        points.split(SYSTEM, recovery.public_id, second.public_id, at=0, by=None, now=NOW)


def test_adding_removing_moving(recovery: Recovery, member: Member) -> None:
    undo = points.add(SYSTEM, recovery.public_id, quote="Nobody told us.", by=member, now=NOW)
    third = standing(recovery)[2]
    points.place(SYSTEM, recovery.public_id, third.public_id, number=1)
    assert _quotes(recovery) == ["Nobody told us.", WRONG, BROKEN]
    points.remove(SYSTEM, recovery.public_id, third.public_id, now=NOW)
    assert _quotes(recovery) == [WRONG, BROKEN]
    points.bring_back(SYSTEM, recovery.public_id, third.public_id)
    with pytest.raises(TooLate):  # it was moved since
        _back(recovery, undo)
    for quote, said in (("  ", NOW), ("x", NOW + days(1))):
        with pytest.raises(NotNow):
            points.add(SYSTEM, recovery.public_id, quote=quote, said_at=said, by=member, now=NOW)
    assert Issue.objects.count() == 3


def test_of_two_who_reword_one_is_told(recovery: Recovery) -> None:
    one = standing(recovery)[0]
    points.reword(
        SYSTEM, recovery.public_id, one.public_id, version=1, words="Invoices", feeling="anger", engagement=None
    )
    with pytest.raises(TooLate):
        points.reword(
            SYSTEM, recovery.public_id, one.public_id, version=1, words="Bills", feeling="anger", engagement=None
        )
    assert standing(recovery)[0].words == "Invoices"
    assert standing(recovery)[0].quote == WRONG


def test_an_undo_of_another_recovery_does_nothing(recovery: Recovery) -> None:
    undo = points.remove(SYSTEM, recovery.public_id, standing(recovery)[0].public_id, now=NOW)
    seal = points.sealed(recovery.public_id, undo)
    for wrong in (seal[:-2] + "xx", "", points.sealed(standing(recovery)[0].public_id, undo)):
        with pytest.raises(CannotUndo):
            points.undo(SYSTEM, recovery.public_id, wrong)
    assert _quotes(recovery) == [BROKEN]


def test_findings_are_not_overwritten(recovery: Recovery, member: Member) -> None:
    one = standing(recovery)[0]
    values = {"happened": "The rate was old.", "responsibility": "ours", "we_do": "A new invoice."}
    answering.find_out(SYSTEM, recovery.public_id, one.public_id, values, version=0, by=member, now=NOW)
    for version in (0, 5):
        with pytest.raises(TooLate):
            answering.find_out(
                SYSTEM, recovery.public_id, one.public_id, {"happened": "x"}, version=version, by=member, now=NOW
            )
    late = {**values, "by_when": (NOW - days(2)).date()}
    with pytest.raises(NotNow):
        answering.find_out(SYSTEM, recovery.public_id, one.public_id, late, version=1, by=member, now=NOW)
    assert Finding.objects.get().happened == "The rate was old."


def test_going_on_and_back(recovery: Recovery, member: Member) -> None:
    reader = Reader(member)
    stages.step(reader, recovery.public_id, before="own", after="listen", by=member, now=NOW)
    with pytest.raises(TooLate):
        stages.step(reader, recovery.public_id, before="own", after="answer", by=member, now=NOW)
    with pytest.raises(NotNow):
        stages.step(reader, recovery.public_id, before="listen", after="own", by=member, now=NOW)
    stages.step(reader, recovery.public_id, before="listen", after="own", why="Ben takes it", by=member, now=NOW)
    steps = list(RecoveryStep.objects.order_by("pk").values_list("before", "after", "why"))
    assert steps == [("", "own", ""), ("own", "listen", ""), ("listen", "own", "Ben takes it")]


def test_of_two_who_own_one_is_told(recovery: Recovery, staff: Member, member: Member) -> None:
    Recovery.objects.update(owner=None)
    owning.own(Reader(staff), recovery.public_id, seen=None, by=staff, now=NOW)
    with pytest.raises(TooLate, match="Ben Cole has it"):
        owning.own(Reader(member), recovery.public_id, seen=None, by=member, now=NOW)


def test_what_was_opened_by_mistake(recovery: Recovery, member: Member) -> None:
    with pytest.raises(NotNow):
        stages.close_as_mistaken(SYSTEM, recovery.public_id, why=" ", by=member, now=NOW)
    stages.close_as_mistaken(SYSTEM, recovery.public_id, why="Another client", by=member, now=NOW)
    with pytest.raises(Closed):
        points.add(SYSTEM, recovery.public_id, quote="x", by=member, now=NOW)
    stages.reopen_mistaken(SYSTEM, recovery.public_id, by=member, now=NOW)
    assert Recovery.objects.get().closed_at is None
