"""Is the store whole: what is missing or changed is counted and named, on both databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

from django.db import connection
from tests.conftest import NOW
from tests.letters import bring, days, letter

from amends.firm.models import Firm
from amends.firm.scope import firm_scope
from amends.flows.keep.verify import verify
from amends.mail.models import Copy, Message
from amends.mail.packing import pack


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
