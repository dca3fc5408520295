"""Is the store whole: what is missing or changed is counted and named, on both databases."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest
from django.db import connection
from tests.conftest import NOW
from tests.letters import bring, days, judged, letter

from amends.clients.models import Client
from amends.firm.models import Firm
from amends.firm.scope import firm_scope
from amends.flows.keep.verify import verify
from amends.mail.actions.search import indexed, unindex
from amends.mail.models import Body, Copy, Message
from amends.mail.packing import pack
from amends.mail.raw import raw_store
from amends.outbox.models import Composed, Draft
from amends.signals.models import Signal

pytestmark = pytest.mark.usefixtures("empty_index")


def test_verify_counts_what_is_there_and_names_what_is_not(firm: Firm, home: Path) -> None:
    notes = (letter(f"Note {number}.\n", at=NOW - days(number), message_id=f"{number}@x") for number in range(5))
    bring(*notes, now=NOW)
    found = verify()
    assert (found.whole, found.messages, found.copies, found.missing, found.damaged) == (True, 5, 5, 0, 0)
    gone, other, cut = Copy.objects.order_by("pk").values_list("raw", flat=True)[:3]
    _spoil(home, gone, None)
    _spoil(home, other, pack(b"something else").chunks[0])
    _spoil(home, cut, pack(b"something else").chunks[0][:12])
    found = verify()
    assert (found.whole, found.messages, found.missing, found.damaged) == (False, 5, 1, 2)
    assert sorted(found.named) == sorted([gone, other, cut])
    assert set(found.as_json()) == {*asdict(found), "whole"}


def test_verify_looks_at_every_firm_and_at_messages_without_an_arrival(firm: Firm, home: Path) -> None:
    bring(letter("Note.\n", at=NOW, message_id="1@x"), now=NOW)
    Message.objects.update(raw="ab" * 32)
    with on_several_firms(firm) as second:
        bring(letter("Another.\n", at=NOW, message_id="2@x"), now=NOW)
        found = verify()
        assert second.pk != firm.pk
    assert (found.messages, found.copies, found.missing, found.named) == (2, 2, 1, ["ab" * 32])


def _count(name: str) -> int:
    """How many rows `verify` says are wrong, where nothing but `name` is."""
    found = verify()
    assert [sentence for sentence in found.problems if name not in sentence] == []
    assert found.whole == (not found.problems)
    return found.dangling


def test_evidence_that_is_not_there_is_found(firm: Firm) -> None:
    judged(letter("I am furious: it is wrong again.\n", at=NOW - days(2), message_id="1@x"), now=NOW)
    signals = list(Signal.objects.order_by("pk"))
    assert _count("signals") == 0
    message, other = str(Message.objects.get().public_id), str(uuid.uuid4())
    signals[0].detail = {"earlier_message": message, "same_as": signals[0].key}
    signals[0].save()
    assert _count("signals") == 0
    signals[0].detail = {"earlier_message": other, "same_as": "complaint:nowhere"}
    signals[0].save()
    assert _count("signals: 2 rest on a message or a signal that is not there") == 2


def test_rows_that_point_at_another_firm_are_found(firm: Firm) -> None:
    bring(letter("Note.\n", at=NOW, message_id="1@x"), now=NOW)
    with on_several_firms(firm) as second:
        bring(letter("Another.\n", at=NOW, message_id="2@x"), now=NOW)
        strange = Client.objects.get()
        assert second.pk != firm.pk
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mail_message SET client_id = %s WHERE firm_id = %s", (strange.pk, firm.pk))
    assert _count("mail_message.client_id: 1 rows point at rows that are not there, or at another firm's") == 1


def test_what_waits_to_leave_without_bytes_is_found(firm: Firm) -> None:
    draft = Draft.objects.create(purpose="reply", state="queued", created_at=NOW, changed_at=NOW)
    assert _count("outbox_draft: 1 wait to leave and have nothing to say") == 1
    Composed.objects.create(draft=draft, data=b"Subject: x\r\n\r\n")
    assert _count("outbox_draft") == 0


def test_messages_without_words_and_words_without_messages_are_found(firm: Firm) -> None:
    bring(*(letter(f"{number}\n", at=NOW - days(number), message_id=f"{number}@x") for number in range(3)), now=NOW)
    Body.objects.filter(message=Message.objects.latest("pk")).delete()
    assert _count("1 messages have no words") == 1
    Message.objects.filter(body=None).delete()
    assert _count("search: 1 entries are of no message") == 1
    unindex(indexed(Message.objects.values_list("pk", flat=True)))
    assert _count("search:") == 1 + 2


def test_bytes_that_no_row_names_do_no_harm(firm: Firm) -> None:
    bring(letter("Note.\n", at=NOW, message_id="1@x"), now=NOW)
    raw_store().put([pack(b"bytes of an import that was killed")])
    found = verify()
    assert (found.whole, found.unnamed, found.messages) == (True, 1, 1)


@contextmanager
def on_several_firms(firm: Firm) -> Iterator[Firm]:
    """A second firm, in scope."""
    second = Firm.objects.create(name="Second", created_at=NOW)
    with firm_scope(second):
        yield second


def _spoil(home: Path, sha256: str, data: bytes | None) -> None:
    """Put other bytes under a hash, or none."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(home / "raw.sqlite3")) as link, link:
            key = bytes.fromhex(sha256)
            if data is None:
                link.execute("DELETE FROM raw WHERE sha256 = ?", (key,))
            else:
                link.execute("UPDATE raw SET data = ? WHERE sha256 = ?", (data, key))
        return
    with connection.cursor() as cursor:
        if data is None:
            cursor.execute("DELETE FROM mail_raw WHERE sha256 = %s", (sha256,))
        else:
            cursor.execute("UPDATE mail_raw SET data = %s WHERE sha256 = %s", (data, sha256))
