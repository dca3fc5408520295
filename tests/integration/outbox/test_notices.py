"""Invitations, resets and notices: queued at once, and refused with a sentence where nothing can be sent."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest
from tests.conftest import NOW

from amends.firm.models import Firm, Member
from amends.firm.secrets import unseal
from amends.flows.send import NoAddress, NoSender, send_notice
from amends.outbox.models import Composed, Draft, SmtpAccount

LINK = "https://amends.example/enter/a-secret-of-its-own"


def test_without_an_account_it_says_how_to_mend_that(firm: Firm, member: Member) -> None:
    with pytest.raises(NoSender, match="Settings, Sending"):
        send_notice("x@y.example", subject="Welcome", text=LINK, purpose="invitation", by=member, now=NOW)
    assert not Draft.objects.exists()


def test_a_notice_is_queued_with_its_bytes(account: SmtpAccount, member: Member) -> None:
    draft = send_notice("Jo@Y.example", subject="News\nBcc: x@z.example", text="Hello.", purpose="notice", by=member,
                        now=NOW)  # fmt: skip
    assert (draft.state, draft.account, draft.not_before) == ("queued", account, NOW)
    made = message_from_bytes(bytes(Composed.objects.get().data), policy=default)
    assert made["To"] == "jo@y.example"
    assert made["Subject"] == "News Bcc: x@z.example"
    assert made["Bcc"] is None
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["From"] == "Studio <hello@studio.example>"
    assert made["Message-ID"] == f"<{draft.own_id}>"
    assert made.get_content() == "Hello.\r\n"


def test_a_secret_lies_nowhere_in_clear(account: SmtpAccount, member: Member) -> None:
    draft = send_notice("jo@y.example", subject="Welcome", text=LINK, purpose="invitation", by=member, now=NOW)
    held = Composed.objects.get()
    assert draft.text == ""
    assert b"a-secret" not in bytes(held.data)
    assert "a-secret" in unseal(bytes(held.data).decode(), purpose="outbox")


def test_what_is_no_address_is_refused_and_nothing_is_kept(account: SmtpAccount, member: Member) -> None:
    for wrong in ("", "jo", "jo@", "@y.example", "jo@y.example, x@z.example", "jo@y..example", "jo y@z.example"):
        with pytest.raises(NoAddress, match="is no mail address"):
            send_notice(wrong, subject="s", text="t", purpose="notice", by=member, now=NOW)
    assert not Draft.objects.exists()
