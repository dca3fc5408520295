"""Storing mail: each message once, by what it is and not by its Message-ID; every byte kept; the report adds up."""

from __future__ import annotations

import mailbox as archives
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import NOW
from tests.letters import OURS, THEIRS, bring, days, digests, letter, mailbox

from amends.clients.models import Client, Contact
from amends.firm.models import Firm
from amends.mail.actions.store import store
from amends.mail.digest import digest, head_only
from amends.mail.models import Body, Copy, Message, Participant, Thread, ThreadLink, Traffic
from amends.mail.packing import CHUNK, Packed, pack
from amends.mail.queries import SYSTEM, one_message, raw_bytes, set_apart, set_aside
from amends.mail.raw import RawMissing, raw_store, read
from amends.mail.sources import Item

FIXTURES = sorted((Path(__file__).parents[2] / "mails").glob("*.eml"))


def _state() -> list[object]:
    return [
        list(model._default_manager.order_by("pk").values())
        for model in (Message, Body, Participant, Copy, Thread, ThreadLink, Traffic, Client, Contact)
    ]


def test_the_same_batch_again_changes_nothing(firm: Firm) -> None:
    mail = [letter(f"Note {number}.\n", at=NOW - days(number), message_id=f"{number}@x") for number in range(5)]
    first = bring(*mail, now=NOW)
    before = _state()
    again = bring(*mail, now=NOW + days(1))
    assert (first.imported, first.duplicates, again.imported, again.duplicates) == (5, 0, 0, 5)
    assert _state() == before


def test_the_same_bytes_twice_in_one_batch_are_one(firm: Firm) -> None:
    mail = letter(at=NOW, message_id="1@x")
    stored = bring(mail, mail, now=NOW)
    assert (stored.imported, stored.duplicates) == (1, 1)
    assert (Message.objects.count(), Copy.objects.count()) == (1, 1)


def test_the_same_bytes_through_another_mailbox_are_a_copy(firm: Firm) -> None:
    mail = letter(at=NOW, message_id="1@x")
    bring(mail, now=NOW)
    stored = bring(mail, now=NOW, address="bo@studio.example")
    assert (stored.imported, stored.duplicates) == (0, 1)
    assert (Message.objects.count(), Copy.objects.count()) == (1, 2)


@pytest.mark.parametrize("together", [True, False])
def test_one_message_over_two_routes_is_one_with_two_copies(firm: Firm, together: bool) -> None:
    """Other Received lines, another transfer encoding: still what Petra wrote."""
    text = "Dear Ada,\n\ncafé plan, as discussed.\n"
    direct = b"Received: from a.example by mx.example; Mon, 16 Mar 2026 09:00:00 +0000\n" + letter(
        text, at=NOW, message_id="1@x"
    )
    other = b"Received: from b.example by list.example; Mon, 16 Mar 2026 09:05:00 +0000\n" + letter(
        text, at=NOW, message_id="1@x", encoding="base64"
    )
    assert direct != other
    for batch in [[direct, other]] if together else [[direct], [other]]:
        bring(*batch, now=NOW)
    message = Message.objects.get()
    assert message.copies.count() == 2
    assert {read(raw_store(), copy.raw) for copy in message.copies.all()} == {direct, other}
    assert Client.objects.get().received == 1


def test_a_reused_message_id_is_another_message(firm: Firm) -> None:
    stored = bring(
        letter("The plan is fine.\n", at=NOW, message_id="1@x"),
        letter("The plan is a catastrophe.\n", at=NOW + timedelta(hours=1), message_id="1@x"),
        now=NOW,
    )
    assert stored.imported == 2
    assert Message.objects.filter(message_id="1@x").count() == 2


def test_messages_of_one_second_all_have_a_place(firm: Firm) -> None:
    bring(*(letter(f"Note {number}.\n", at=NOW, message_id=f"{number}@x") for number in range(30)), now=NOW, batch=7)
    assert Message.objects.count() == 30
    assert [message.id for message in Message.objects.order_by("id")] == sorted(
        {*Message.objects.values_list("id", flat=True)}
    )


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ("Spam,Unread", "spam"),
        ("Opened,Trash", "in the trash"),
        ("Drafts", "a draft, not sent"),
        ("Chat", "a chat, not mail"),
        ("=?UTF-8?Q?Entw=C3=BCrfe?=", "a draft, not sent"),
        ("Papierkorb", "in the trash"),
    ],
)
def test_gmail_labels_that_are_left_out(firm: Firm, labels: str, reason: str) -> None:
    mail = b"X-Gmail-Labels: " + labels.encode() + b"\n" + letter(at=NOW)
    stored = bring(mail, letter("Another.\n", at=NOW), now=NOW)
    assert (stored.imported, dict(stored.skipped)) == (1, {reason: 1})
    assert (Message.objects.count(), Copy.objects.count()) == (1, 1)


def test_gmail_labels_that_stay_are_kept(firm: Firm) -> None:
    bring(b"X-Gmail-Labels: Inbox,Important,Clients/Hartwell\n" + letter(at=NOW), now=NOW)
    assert Copy.objects.get().labels == ["Inbox", "Important", "Clients/Hartwell"]


def test_a_broken_message_is_set_aside_and_shown_as_far_as_it_can_be(firm: Firm) -> None:
    good, item = (
        letter(at=NOW),
        Item(Path("x"), 0, 10, "box, message 2", data=letter("Big.\n", at=NOW, subject="Big one")),
    )
    broken = head_only(item, "larger than 64 MB", now=NOW)
    stored = store([*digests([good], now=NOW), broken], mailbox=mailbox(now=NOW), now=NOW)
    assert (stored.imported, stored.set_aside) == (
        1,
        [("box, message 2", "It was kept but not read: larger than 64 MB.")],
    )
    [message] = set_aside(SYSTEM)
    assert (message.subject, message.sender_email) == ("Big one", "petra@hartwell.example")
    assert raw_bytes(SYSTEM, message) == item.data
    assert one_message(SYSTEM, message.public_id).body.notes[0] == message.set_aside
    assert Client.objects.get().received == 1  # what was not read is not counted
    assert message.judged != 0


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_own_fixtures_come_back_byte_for_byte(firm: Firm, path: Path) -> None:
    data = path.read_bytes()
    stored = bring(data, now=NOW)
    assert stored.imported + len(stored.set_aside) == 1
    assert raw_bytes(SYSTEM, Message.objects.get()) == data


def test_shared_fixtures_come_back_byte_for_byte(firm: Firm, shared_data: Path) -> None:
    files = sorted(path for path in (shared_data / "mime").rglob("*") if path.is_file() and path.stat().st_size)
    items = [Item(path, 0, path.stat().st_size, path.name) for path in files if path.suffix not in {".md", ".json"}]
    assert len(items) > 50
    read_all = [digest(item, now=NOW) for item in items]
    stored = store(read_all, mailbox=mailbox(now=NOW), now=NOW)
    assert stored.imported + stored.duplicates + stored.skipped.total() + len(stored.set_aside) == len(items)
    for one, item in zip(read_all, items, strict=True):
        assert read(raw_store(), one.packed.sha256) == item.path.read_bytes(), item.source


def test_a_real_archive_adds_up(firm: Firm, shared_data: Path) -> None:
    """Every message of the archive is there, as Python's own reader counts them."""
    from amends.mail.sources import open_source

    path = shared_data / "mail" / "lists-and-ham.mbox"
    items = [item for item in open_source(path, scratch=path) if isinstance(item, Item)]
    with closing(archives.mbox(str(path), create=False)) as box:
        assert len(items) == len(box)
    part = [digest(item, now=NOW) for item in items[::20]]
    stored = store(part, mailbox=mailbox(now=NOW), now=NOW)
    assert stored.imported + stored.duplicates + stored.skipped.total() + len(stored.set_aside) == len(part)
    assert Message.objects.count() == stored.imported + len(stored.set_aside)
    assert store(part, mailbox=mailbox(now=NOW), now=NOW).duplicates == len(part)


def test_a_zone_that_cannot_be_is_no_trouble(firm: Firm) -> None:
    """Spam of 2002 wrote -1700; PostgreSQL refuses such a zone."""
    bring(b"Date: Wed, 7 Aug 2002 13:10:53 -1700\nFrom: a@spam.example\nTo: ada@studio.example\n\nHello.\n", now=NOW)
    assert Message.objects.get().sent_at == datetime(2002, 8, 8, 6, 10, 53, tzinfo=UTC)


# -- the raw store ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 5])
def test_bytes_of_any_size_come_back(firm: Firm, size: int) -> None:
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    packed = pack(data)
    raw_store().put([packed, packed])
    raw_store().put([packed])
    assert read(raw_store(), packed.sha256) == data
    assert raw_store().known([packed.sha256, "0" * 64]) == {packed.sha256}


def test_large_messages_stream_in_and_out(firm: Firm) -> None:
    blocks = [bytes([number]) * 1_000_003 for number in range(9)]
    packed = Packed(pack(b"".join(blocks)).sha256, sum(map(len, blocks)), ())
    raw_store().put_stream(packed.sha256, packed.size, iter(blocks))
    raw_store().put_stream(packed.sha256, packed.size, iter(blocks))
    assert read(raw_store(), packed.sha256) == b"".join(blocks)


def test_an_interrupted_stream_leaves_nothing(firm: Firm) -> None:
    def broken() -> object:
        yield b"begin"
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        raw_store().put_stream("ab" * 32, 10, broken())  # type: ignore[arg-type]
    with pytest.raises(RawMissing):
        read(raw_store(), "ab" * 32)
    raw_store().put_stream("ab" * 32, 5, [b"whole"])
    assert read(raw_store(), "ab" * 32) == b"whole"


def test_missing_bytes_say_how_to_mend_it(firm: Firm) -> None:
    with pytest.raises(RawMissing, match="restore it from a backup"):
        read(raw_store(), "0" * 64)


def test_a_failure_while_storing_leaves_the_bytes_and_nothing_half_done(firm: Firm) -> None:
    """Raw bytes come first; whatever fails after them is taken back whole, and the next try succeeds."""
    mail = letter(at=NOW, message_id="1@x")
    [one] = digests([mail], now=NOW)
    broken = replace(one, fingerprint="f" * 33 + "\0")  # no database takes this
    before = _state()
    try:
        store([broken], mailbox=mailbox(now=NOW), now=NOW)
    except Exception:
        from django.db import connection

        assert connection.needs_rollback is False
        assert _state() == before
        assert read(raw_store(), one.packed.sha256) == mail
    assert store([one], mailbox=mailbox(now=NOW), now=NOW).set_aside == []


def test_mail_that_nobody_wrote_is_set_apart(firm: Firm) -> None:
    bring(
        letter(at=NOW, headers={"List-Id": "<news.x>", "List-Unsubscribe": "<mailto:a@x>", "Precedence": "bulk"}),
        letter("Away.\n", at=NOW, headers={"Auto-Submitted": "auto-replied"}),
        letter("A note of a person.\n", sender=OURS, to=THEIRS, at=NOW),
        now=NOW,
    )
    assert sorted(message.kind for message in set_apart(SYSTEM)) == ["automatic", "bulk"]
