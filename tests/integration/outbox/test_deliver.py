"""One draft on its way: what each answer of a server, each cut and each kill makes of it. On both databases."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.conftest import NOW
from tests.integration.outbox.conftest import QUICK
from tests.smtp import Moody, Sink, free_port

from amends.firm.models import Member
from amends.flows.send import send_notice
from amends.flows.send.deliver import accounts_with_mail, send_next, sweep
from amends.outbox.actions import deliver
from amends.outbox.actions.accounts import remove_account
from amends.outbox.actions.settle import send_again
from amends.outbox.actions.write import NotReady, address_to, queue
from amends.outbox.compose import Person
from amends.outbox.models import Composed, Draft, Recipient, SmtpAccount, State
from amends.outbox.rules import STEPS, wait_after
from amends.outbox.smtp import Answers

Send = Callable[[datetime], bool]
MINUTE = timedelta(minutes=1)


def _queued(account: SmtpAccount, *to: str, **fields: Any) -> Draft:
    draft = Draft.objects.create(purpose="reply", subject="News", text="Hello.", created_at=NOW, changed_at=NOW)
    address_to(draft, [("to", Person("", one)) for one in to or ("petra@hartwell.example",)])
    queue(draft, account=account, now=NOW)
    Draft.objects.filter(pk=draft.pk).update(**fields)
    return Draft.objects.get(pk=draft.pk)


def _now(draft: Draft) -> Draft:
    return Draft.objects.get(pk=draft.pk)


def test_what_is_queued_leaves_once(account: SmtpAccount, server: Sink, send: Send) -> None:
    draft = _queued(account)
    assert accounts_with_mail(now=NOW) == [account.pk]
    assert send(NOW)
    assert not send(NOW)
    draft = _now(draft)
    assert (draft.state, draft.sent_at, draft.attempts, draft.problem) == ("sent", NOW, 1, "")
    assert server.recipients == [["petra@hartwell.example"]]
    assert Recipient.objects.get().taken == "accepted"
    assert SmtpAccount.objects.get().worked_at == NOW
    assert accounts_with_mail(now=NOW) == []


def test_it_waits_for_its_moment(account: SmtpAccount, server: Sink, send: Send) -> None:
    draft = _queued(account, next_try_at=NOW + MINUTE)
    assert not send(NOW)
    assert accounts_with_mail(now=NOW) == []
    assert send(NOW + MINUTE)
    assert _now(draft).state == "sent"


def test_hidden_recipients_get_it_and_nobody_sees_them(account: SmtpAccount, server: Sink, send: Send) -> None:
    draft = Draft.objects.create(purpose="reply", subject="News", text="Hi", created_at=NOW, changed_at=NOW)
    people = {"to": "petra@hartwell.example", "bcc": "boss@studio.example", "cc": "PETRA@hartwell.example"}
    address_to(draft, [(role, Person("", email)) for role, email in people.items()])
    queue(draft, account=account, now=NOW)
    assert send(NOW)
    assert server.recipients == [["petra@hartwell.example", "boss@studio.example"]]
    assert b"boss" not in server.raw()


def test_what_is_not_taken_now_is_tried_again(account: SmtpAccount, server: Sink, send: Send) -> None:
    draft = _queued(account)
    server.answers = {"petra@hartwell.example": "450 4.2.0 greylisted"}
    assert send(NOW)
    draft = _now(draft)
    assert (draft.state, draft.next_try_at, draft.sent_at) == ("queued", NOW + wait_after(1), None)
    assert Recipient.objects.get().answer == "450 4.2.0 greylisted"
    assert not send(NOW)
    server.answers = {}
    assert send(NOW + wait_after(1))
    assert (_now(draft).state, _now(draft).attempts) == ("sent", 2)
    assert len(server.taken) == 1


def test_those_who_were_taken_get_no_second_one(account: SmtpAccount, server: Sink, send: Send) -> None:
    draft = _queued(account, "yes@x.example", "no@x.example", "later@x.example")
    server.answers = {"no@x.example": "550 5.1.1 no such user", "later@x.example": "451 busy"}
    assert send(NOW)
    draft = _now(draft)
    assert (draft.state, draft.sent_at) == ("queued", NOW)
    assert draft.message_id is not None, "it left for somebody, so it is with the mail"
    server.answers = {"no@x.example": "550 5.1.1 no such user"}
    assert send(NOW + wait_after(1))
    assert server.recipients == [["yes@x.example"], ["later@x.example"]]
    assert (_now(draft).state, _now(draft).sent_at) == ("sent", NOW)
    found = {row.email: (row.taken, row.answer) for row in Recipient.objects.all()}
    assert found == {
        "yes@x.example": ("accepted", ""), "no@x.example": ("refused", "550 5.1.1 no such user"),
        "later@x.example": ("accepted", ""),
    }  # fmt: skip
    assert not Composed.objects.exists()


def test_when_nobody_is_taken_it_has_failed(account: SmtpAccount, server: Sink, send: Send) -> None:
    draft = _queued(account)
    server.answers = {"petra@hartwell.example": "550 5.1.1 no such user"}
    assert send(NOW)
    assert (_now(draft).state, _now(draft).problem) == ("failed", "No address was taken.")
    assert Composed.objects.exists(), "it may be sent again"


@pytest.mark.parametrize(("answer", "state"), [("451 not now", "queued"), ("554 spam", "failed")])
def test_what_is_refused_after_the_text_was_not_sent(
    account: SmtpAccount, server: Sink, send: Send, answer: str, state: str
) -> None:
    draft = _queued(account)
    server.answers = {"DOT": answer}
    assert send(NOW)
    assert _now(draft).state == state
    assert answer in _now(draft).problem


def test_a_problem_of_the_account_makes_its_mail_wait(account: SmtpAccount, server: Sink, send: Send) -> None:
    first, second = _queued(account), _queued(account, "jo@hartwell.example")
    server.answers = {"MAIL": "550 not yours"}
    assert send(NOW)
    assert not send(NOW), "the second one is not tried in vain"
    ill = SmtpAccount.objects.get()
    assert "does not take mail from hello@studio.example" in ill.problem
    assert ill.problem_since == NOW
    assert {_now(first).state, _now(second).state} == {"queued"}
    assert send(NOW + 20 * MINUTE)
    assert SmtpAccount.objects.get().problem_since == NOW, "since when stays"
    server.answers = {}
    assert send(NOW + 60 * MINUTE)
    assert send(NOW + 60 * MINUTE)
    assert SmtpAccount.objects.get().problem == ""
    assert {_now(first).state, _now(second).state} == {"sent"}


@pytest.mark.parametrize("moment", ["greeting", "mail", "rcpt", "data"])
def test_cut_before_the_text_it_is_tried_again(account: SmtpAccount, send: Send, moment: str) -> None:
    draft = _queued(account)
    with Moody(moment, "cut") as moody:
        SmtpAccount.objects.update(port=moody.port)
        assert send(NOW)
    assert (_now(draft).state, moody.whole) == ("queued", 0)


@pytest.mark.parametrize("mood", ["cut", "stall"])
def test_cut_after_the_dot_a_person_decides(account: SmtpAccount, server: Sink, send: Send, mood: str) -> None:
    draft = _queued(account)
    with Moody("dot", mood) as moody:
        SmtpAccount.objects.update(port=moody.port)
        assert send(NOW)
        assert moody.whole == 1
    SmtpAccount.objects.update(port=server.port)
    assert (_now(draft).state, _now(draft).sent_at) == ("unclear", None)
    assert "whole message" in _now(draft).problem
    for later in (MINUTE, 60 * MINUTE, 3000 * MINUTE):
        sweep(now=NOW + later)
        assert not send(NOW + later)
    assert server.taken == []


def test_killed_while_it_left(account: SmtpAccount, server: Sink, send: Send) -> None:
    """The row of a process that is no more: a sweep makes it unclear, or failed where it surely did not leave."""
    before, after = _queued(account), _queued(account)
    for draft, handed in ((before, None), (after, NOW)):
        assert deliver.claim(account.pk, sender=uuid.uuid4(), now=NOW) is not None
        Draft.objects.filter(pk=draft.pk).update(handed_at=handed)
    assert sweep(now=NOW + MINUTE) == 0, "it may be alive"
    assert sweep(now=NOW + 3 * MINUTE) == 2
    assert (_now(before).state, _now(after).state) == ("failed", "unclear")
    assert "it was not sent" in _now(before).problem
    assert "may have been sent" in _now(after).problem
    assert not send(NOW + 60 * MINUTE)
    assert server.taken == []


def test_alone_whatever_counts_as_leaving_is_left_over(account: SmtpAccount) -> None:
    draft = _queued(account)
    deliver.claim(account.pk, sender=uuid.uuid4(), now=NOW)
    assert (sweep(now=NOW), sweep(now=NOW, alone=True)) == (0, 1)
    assert _now(draft).state == "failed"


def test_a_sender_that_gives_signs_of_life_is_left_alone(account: SmtpAccount) -> None:
    sender = uuid.uuid4()
    draft = _queued(account)
    deliver.claim(account.pk, sender=sender, now=NOW)
    deliver.beat([sender], now=NOW + 5 * MINUTE)
    assert sweep(now=NOW + 6 * MINUTE) == 0
    assert _now(draft).state == "sending"


def test_a_sender_that_only_was_slow_may_say_how_it_ended(account: SmtpAccount, server: Sink) -> None:
    """Swept while it slept, it still knows; but it hands nothing over once a person has acted."""
    sender = uuid.uuid4()
    draft = _queued(account)
    claimed = deliver.claim(account.pk, sender=sender, now=NOW)
    assert claimed is not None
    assert sweep(now=NOW + 5 * MINUTE) == 1
    assert not deliver.hand_over(claimed, sender=sender, now=NOW), "not after it was swept"
    Draft.objects.filter(pk=draft.pk).update(state="sending")
    assert deliver.hand_over(claimed, sender=sender, now=NOW)
    assert sweep(now=NOW + 5 * MINUTE) == 1
    assert _now(draft).state == "unclear"
    server_, envelope = deliver.addressed(claimed)
    assert (server_.port, list(envelope.recipients)) == (server.port, ["petra@hartwell.example"])
    answers = Answers(("petra@hartwell.example",), {}, {})
    Draft.objects.filter(pk=draft.pk).update(sender=None, state="dropped")
    assert not deliver.took(claimed, answers, sender=sender, now=NOW)
    Draft.objects.filter(pk=draft.pk).update(sender=sender, state="unclear")
    assert deliver.took(claimed, answers, sender=sender, now=NOW)
    assert _now(draft).state == "sent"


def test_of_two_senders_one_gets_it(account: SmtpAccount) -> None:
    _queued(account)
    assert deliver.claim(account.pk, sender=uuid.uuid4(), now=NOW) is not None
    assert deliver.claim(account.pk, sender=uuid.uuid4(), now=NOW) is None


def test_after_a_day_a_person_decides(account: SmtpAccount, server: Sink, send: Send) -> None:
    draft = _queued(account)
    server.answers = {"petra@hartwell.example": "451 busy"}
    assert send(NOW)
    assert sweep(now=NOW + timedelta(hours=23)) == 0
    assert sweep(now=NOW + timedelta(hours=24)) == 1
    assert _now(draft).state == "failed"
    assert "waited for a day" in _now(draft).problem
    assert not send(NOW + timedelta(hours=25))


def test_after_a_day_those_who_got_it_have_got_it(account: SmtpAccount, server: Sink, send: Send) -> None:
    draft = _queued(account, "yes@x.example", "later@x.example")
    server.answers = {"later@x.example": "451 busy"}
    assert send(NOW)
    sweep(now=NOW + timedelta(hours=25))
    assert _now(draft).state == "sent"
    assert Recipient.objects.get(email="later@x.example").taken == "refused"


def test_what_waited_for_a_removed_account_has_failed(
    account: SmtpAccount, server: Sink, send: Send, member: Member
) -> None:
    """Its bytes say where they come from: they leave through no other account."""
    draft = send_notice("jo@y.example", subject="s", text="t", purpose="notice", by=member, now=NOW)
    late = _queued(account)
    deliver.claim(account.pk, sender=uuid.uuid4(), now=NOW)
    remove_account(account, by=member, now=NOW)
    assert accounts_with_mail(now=NOW) == []
    Draft.objects.filter(state="sending").update(state="queued")
    assert accounts_with_mail(now=NOW) == [None]
    assert send_next(None, sender=uuid.uuid4(), clock=lambda: NOW, patience=QUICK)
    for one in (draft, late):
        assert (_now(one).state, _now(one).problem) == ("failed", deliver.NO_ACCOUNT)
        with pytest.raises(NotReady):
            send_again(_now(one), by=member, now=NOW)
    assert server.taken == []


def test_it_leaves_from_the_address_that_it_bears(account: SmtpAccount, server: Sink, send: Send) -> None:
    _queued(account)
    SmtpAccount.objects.update(from_address="other@studio.example")
    assert send(NOW)
    assert server.taken[0].mail_from == "hello@studio.example"


def test_a_password_under_another_key_is_said(account: SmtpAccount, send: Send, settings: Any) -> None:
    from amends.firm.secrets import seal

    SmtpAccount.objects.update(user="ada", password=seal("x", purpose=deliver.PASSWORD_FOR))
    draft = _queued(account)
    settings.SECRET_KEY = "another key"
    assert send(NOW)
    assert _now(draft).state == "queued"
    assert "enter the password anew" in SmtpAccount.objects.get().problem


def test_what_is_unexpected_is_unclear_too(account: SmtpAccount, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = _queued(account)
    monkeypatch.setattr("amends.flows.send.deliver.hand_in", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        send(NOW)
    assert _now(draft).state == "unclear"


def test_once_sent_a_notice_is_forgotten(account: SmtpAccount, server: Sink, send: Send, member: Member) -> None:
    draft = send_notice("jo@y.example", subject="Welcome", text="the link", purpose="invitation", by=member, now=NOW)
    assert send(NOW)
    assert b"the link" in server.raw()
    draft = _now(draft)
    assert (draft.state, draft.text, draft.message, draft.filed_at) == ("sent", "", None, NOW)
    assert not Composed.objects.exists()


def test_nothing_that_was_dropped_stays_for_ever(account: SmtpAccount) -> None:
    _queued(account, state="dropped")
    kept = _queued(account, state="failed")
    sweep(now=NOW + timedelta(days=30))
    assert [draft.pk for draft in Draft.objects.all()] == [kept.pk]


def test_the_steps_are_those_of_the_states() -> None:
    assert set(STEPS) == set(State.values)
    assert "queued" not in STEPS["sent"]
    assert "sending" not in STEPS["unclear"]


def test_nothing_listens_at_the_account(account: SmtpAccount, send: Send) -> None:
    draft = _queued(account)
    SmtpAccount.objects.update(port=free_port())
    assert send(NOW)
    assert _now(draft).state == "queued"
    assert "Nothing listens" in SmtpAccount.objects.get().problem
