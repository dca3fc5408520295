"""Amends' own address, on a real server: what members forward is theirs, what others send is left out."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import NOW
from tests.dovecot import Dovecot
from tests.letters import OURS, days, letter
from tests.unit.mail.live.test_forwarded import GMAIL, ORIGINAL, attached

from amends.firm.models import Member
from amends.flows.live.turn import Turn
from amends.mail.models import Account, AccountState, Copy, Mailbox, Message, Outcome, Remote, Visibility


def test_what_members_forward_counts_as_theirs(
    account: Account, server: Dovecot, user: str, member: Member, look: Callable[..., Turn]
) -> None:
    Account.objects.update(forwards=True)
    forged = {"Authentication-Results": "mx.studio.example; dmarc=fail"}
    inline = GMAIL.replace("petra@hartwell.example", "jo@delacroix.example")
    server.deliver(
        user,
        [
            attached(ORIGINAL),
            letter(inline, at=NOW, sender=OURS, to=user, subject="Fwd: The brochure"),
            letter("Buy now.\n", at=NOW, sender="News <news@bulk.example>", to=user, message_id="n@bulk.example"),
            letter(GMAIL, at=NOW, sender=OURS, to=user, headers=forged),
            letter("Hello, Amends.\n", at=NOW, sender=OURS, to=user),
            attached(ORIGINAL),
        ],
    )
    look(account)
    assert account.state == AccountState.READY
    assert set(Message.objects.values_list("sender_email", flat=True)) == {
        "petra@hartwell.example", "jo@delacroix.example",
    }  # fmt: skip
    theirs = Mailbox.objects.get(address=member.email)
    assert (theirs.owner, theirs.visibility) == (member, Visibility.METADATA)
    assert set(Copy.objects.values_list("mailbox", flat=True)) == {theirs.pk}
    outcomes = dict(Remote.objects.values_list("uid", "outcome"))
    assert [outcomes[uid] for uid in (2, 3, 4, 5)] == [Outcome.STORED, *[Outcome.SKIPPED] * 3]
    assert {outcomes[1], outcomes[6]} == {Outcome.STORED, Outcome.DUPLICATE}
    assert "nobody who works here" in Remote.objects.get(uid=3).reason
    assert "nobody who works here" in Remote.objects.get(uid=4).reason
    assert "Nothing forwarded was found" in Remote.objects.get(uid=5).reason
    member.is_active = False
    member.save()
    other = letter("Later.\n", at=NOW - days(1), message_id="3@hartwell.example")
    server.deliver(user, [attached(other)])
    look(account)
    assert Remote.objects.get(uid=7).outcome == Outcome.SKIPPED
    assert Message.objects.count() == 2
