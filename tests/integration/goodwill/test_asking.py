"""A favour is never asked for while something is wrong, nor too soon: the page refuses, and so does the check."""

from __future__ import annotations

import pytest
from tests.conftest import NOW
from tests.letters import days, judged, letter

from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.firm.models import Firm, Member
from amends.flows.goodwill import asking
from amends.flows.goodwill.asking import NotNow
from amends.flows.guard import Written, check_written
from amends.goodwill.models import Ask, Manners
from amends.insights.goodwill.asking import asks_left, leave_of
from amends.mail.models import Message
from amends.mail.queries import SYSTEM
from amends.outbox.models import Draft
from amends.recovery.models import Recovery
from amends.signals.actions import respond
from amends.signals.models import Action, Signal


@pytest.fixture
def hartwell(firm: Firm) -> Client:
    """Petra wrote, and is content."""
    judged(letter("Dear Ada,\n\nthe launch was lovely.\n\nPetra\n", at=NOW - days(3), message_id="glad@x"), now=NOW)
    return Client.objects.get()


def prepare(client: Client, by: Member, favour: str = "review") -> Draft:
    return asking.prepare(SYSTEM, client.public_id, favour=favour, link="https://g.example/us", by=by, now=NOW)


def left(draft: Draft, *, ago: int = 0) -> None:
    Draft.objects.filter(pk=draft.pk).update(state="sent", queued_at=NOW - days(ago), sent_at=NOW - days(ago))


def recovery(client: Client, **more: object) -> Recovery:
    return Recovery.objects.create(client=client, title="x", began_at=NOW, opened_at=NOW, **more)


def found(client: Client, by: Member, text: str = "Would you write us a review?") -> list[tuple[str, str, str]]:
    answering = Message.objects.latest("pk").public_id
    _draft, result = check_written(
        SYSTEM, Written(text, answering=answering, client=client.public_id), by=by, now=NOW
    )  # fmt: skip
    return [(each.rule, each.severity, each.why) for each in result.findings if each.rule == "favour-too-soon"]


def test_it_is_a_draft_that_a_person_sends(hartwell: Client, member: Member) -> None:
    draft = prepare(hartwell, member)
    assert (draft.state, draft.client, "https://g.example/us" in draft.text) == ("draft", hartwell, True)
    assert prepare(hartwell, member).pk == draft.pk
    assert (Ask.objects.count(), asks_left(hartwell), found(hartwell, member, draft.text)) == (1, [], [])


def test_not_while_something_is_put_right(hartwell: Client, member: Member) -> None:
    made = recovery(hartwell)
    why = "Something is being put right with Hartwell: ask once they say that it is right again."
    with pytest.raises(NotNow, match=why):
        prepare(hartwell, member)
    assert found(hartwell, member) == [
        ("favour-too-soon", "stop", f"Asks for a favour while something is wrong, or too soon. {why}")
    ]
    Recovery.objects.filter(pk=made.pk).update(closed_at=NOW - days(10), closing="yes")
    assert leave_of(hartwell, now=NOW).why.startswith("Something was put right a short while ago")
    assert [severity for _rule, severity, _why in found(hartwell, member)] == ["warn"]
    assert leave_of(hartwell, now=NOW + days(21)).given


def test_not_while_a_complaint_waits(firm: Firm, member: Member) -> None:
    text = "Dear Ada,\n\nThe third invoice has an error again. I am disappointed.\n\nPetra\n"
    judged(letter(text, at=NOW - days(3), message_id="x@x"), now=NOW)
    client = Client.objects.get()
    assert leave_of(client, now=NOW).open
    complaints = Signal.objects.filter(kind="complaint").values_list("public_id", flat=True)
    respond(list(complaints), action=Action.NOT_AN_ISSUE, member=member, at=NOW)
    assert leave_of(client, now=NOW).given


def test_not_again_within_the_cool_down(hartwell: Client, member: Member) -> None:
    left(prepare(hartwell, member), ago=10)
    with pytest.raises(NotNow, match=r"was asked on 6 March 2026: ask again from 4 June 2026 on\."):
        prepare(hartwell, member, "referral")
    assert [severity for _rule, severity, _why in found(hartwell, member)] == ["warn"]
    asking.set_manners(
        {"after_ask_days": 7, "after_recovery_days": 0, "low_stars": 3}, review_link="", by=member, now=NOW
    )
    assert leave_of(hartwell, now=NOW).given
    assert prepare(hartwell, member, "referral").text.count("Do you know somebody") == 1


def test_each_ask_has_a_draft_of_its_own(hartwell: Client, member: Member) -> None:
    first = prepare(hartwell, member)
    left(first, ago=100)
    assert prepare(hartwell, member).pk != first.pk


@pytest.mark.parametrize("values", [{"after_ask_days": 0}, {"after_ask_days": 4000}, {"low_stars": 5}])
def test_settings_are_bounded(member: Member, values: dict[str, int]) -> None:
    given = {"after_ask_days": 90, "after_recovery_days": 30, "low_stars": 2, **values}
    with pytest.raises(AmendsError, match="Choose between"):
        asking.set_manners(given, review_link="", by=member, now=NOW)
    assert Manners.objects.count() == 0
