"""What happened becomes lines: mail that is judged, what people say of it, promises, recoveries, the clock."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.conftest import NOW
from tests.letters import judged, letter

from amends.capital import queries
from amends.capital.models import Posting
from amends.clients.models import Client, Contact, Standing
from amends.flows import teach
from amends.flows.capital import posting
from amends.flows.capital.sources import signals
from amends.flows.curate import merge
from amends.flows.promises import settle as promises
from amends.mail.models import Message
from amends.mail.privacy import Reader
from amends.signals.models import Action, PromiseBy, Signal, SignalKind

if TYPE_CHECKING:
    from amends.firm.models import Firm, Member

pytestmark = pytest.mark.django_db
PETRA = "Petra Hart <petra@hartwell.example>"
OURS = "Ada <ada@studio.example>"
ANGRY = "I am furious. The third invoice is wrong again, and nobody answers me."


def angry(*, days: int = 3, text: str = ANGRY) -> bytes:
    return letter(text, at=NOW - timedelta(days=days), message_id=f"angry{days}@x", sender=PETRA, to=OURS)


def answer(*, days: float) -> bytes:
    return letter(
        "Dear Petra, I am sorry, and I am on it.", at=NOW - timedelta(days=days), message_id="answer@x", sender=OURS,
        to=PETRA, references=["angry3@x"],
    )  # fmt: skip


def kinds() -> list[str]:
    """The kinds of what stands, oldest first."""
    client = Client.objects.get(name__startswith="Hart")
    lines = queries.standing_lines([client.pk], kinds=[*signals.KINDS, "promise_kept", "promise_broken"])
    return sorted(line.kind for line in lines)


@pytest.fixture
def hartwell(firm: Firm) -> Client:
    judged(angry(), answer(days=2.95), now=NOW)
    found = Client.objects.get(domains__value="hartwell.example")
    Client.objects.filter(pk=found.pk).update(standing=Standing.CLIENT, standing_fixed=True, name="Hartwell")
    posting.catch_up([found.pk], now=NOW)
    return found


def test_judging_posts_what_was_said_and_that_it_was_owned_in_time(hartwell: Client) -> None:
    assert kinds() == ["anger", "complaint", "owned_in_time"]
    message = Message.objects.get(message_id="angry3@x")
    line = Posting.objects.get(kind="complaint")
    assert (line.evidence_kind, line.evidence_id) == ("message", message.public_id)
    assert line.effective_at == message.sent_at


def test_looking_again_changes_nothing(hartwell: Client) -> None:
    count = Posting.objects.count()
    assert posting.catch_up([hartwell.pk], now=NOW) == posting.build(now=NOW) == posting.came_true(now=NOW) == 0
    assert Posting.objects.count() == count


def test_a_complaint_that_nobody_answers_is_owned_late(firm: Firm) -> None:
    firm.created_at = NOW - timedelta(days=30)
    firm.save()
    judged(angry(), now=NOW - timedelta(days=3))
    assert "owned_late" not in kinds()
    assert posting.came_true(now=NOW) == 1
    assert "owned_late" in kinds()


def test_of_an_archive_without_answers_nobody_says_that_it_was_late(firm: Firm) -> None:
    judged(angry(days=400), now=NOW)
    assert "complaint" in kinds()
    assert "owned_late" not in kinds()


def test_not_an_issue_takes_back_and_undo_posts_again(hartwell: Client, member: Member) -> None:
    complaint = Signal.objects.filter(kind=SignalKind.COMPLAINT)
    ids = list(complaint.values_list("public_id", flat=True))
    batch = teach.answer(Reader(member), ids, action=Action.NOT_AN_ISSUE, member=member, now=NOW)
    assert kinds() == ["anger"]
    teach.undo(batch, now=NOW, member=member)
    assert kinds() == ["anger", "complaint", "owned_in_time"]
    assert list(Posting.objects.filter(kind="complaint").order_by("turn").values_list("turn", flat=True)) == [0, 1, 2]


def test_a_feeling_that_was_read_wrongly_is_posted_as_what_it_is(hartwell: Client, member: Member) -> None:
    signal = Signal.objects.filter(kind=SignalKind.ANGER).first()
    assert signal is not None
    message = signal.message.public_id
    teach.correct(Reader(member), message, right=SignalKind.LEAVING, signal=signal.public_id, member=member, now=NOW)
    assert "leaving" in kinds()
    assert "anger" not in kinds()


def test_who_decides_weighs_more(firm: Firm) -> None:
    judged(angry(), now=NOW)
    Contact.objects.update(title="CEO")
    before = Posting.objects.get(kind="complaint", turn=0).amount
    judged(angry(days=2), now=NOW)
    lines = list(Posting.objects.filter(kind="complaint").order_by("effective_at").values_list("speaker", "amount"))
    assert [speaker for speaker, _amount in lines] == ["contact", "decider"]
    assert lines[1][1] == round(before * 1.25)


def test_promises_move_the_account_and_taking_back_moves_it_back(hartwell: Client, member: Member) -> None:
    deed = promises.Deed(Reader(member), NOW)
    made = promises.add(hartwell, deed, by=PromiseBy.FIRM, given=promises.Given(text="The corrected invoice."))
    kept = promises.keep(made.public_id, deed)
    assert "promise_kept" in kinds()
    promises.take_back(made.public_id, deed, version=kept.version)
    assert "promise_kept" not in kinds()
    promises.break_(made.public_id, deed)
    assert "promise_broken" in kinds()


def test_what_a_client_promises_is_not_our_account(hartwell: Client, member: Member) -> None:
    deed = promises.Deed(Reader(member), NOW)
    made = promises.add(hartwell, deed, by=PromiseBy.CLIENT, given=promises.Given(text="The pictures."))
    promises.break_(made.public_id, deed)
    assert "promise_broken" not in kinds()


def test_who_is_no_client_has_no_account(hartwell: Client) -> None:
    Client.objects.filter(pk=hartwell.pk).update(standing=Standing.VENDOR)
    posting.catch_up([hartwell.pk], now=NOW)
    assert kinds() == []


def test_merging_moves_no_line(hartwell: Client, member: Member) -> None:
    into = Client.objects.create(name="Delacroix", created_at=NOW, standing=Standing.CLIENT, standing_fixed=True)
    before = queries.balances([hartwell.pk], at=NOW, now=NOW)[hartwell.pk].exact
    count = Posting.objects.count()
    merge(hartwell, into, member=member, now=NOW)
    assert Posting.objects.count() == count
    assert queries.balances([into.pk], at=NOW, now=NOW)[into.pk].exact == before


def test_what_was_erased_keeps_its_amount(hartwell: Client) -> None:
    Message.objects.filter(message_id="angry3@x").delete()
    assert posting.catch_up([hartwell.pk], now=NOW) == 0
    assert "complaint" in kinds()


def test_a_line_knows_which_mail_it_rests_on(hartwell: Client) -> None:
    ids = set(Posting.objects.values_list("evidence_id", flat=True))
    assert ids <= set(Message.objects.values_list("public_id", flat=True))
    assert all(isinstance(one, uuid.UUID) for one in ids)
