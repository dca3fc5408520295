"""The messages of an export: one mbox a mailbox, and beside it those that no mbox can hold byte for byte."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import zstandard
from django.db import DatabaseError
from django.db.models import Exists, OuterRef

from amends.flows.keep.export.tables import batches, durable
from amends.flows.keep.files import Progress
from amends.mail.models import Copy, Mailbox
from amends.mail.queries import SYSTEM, readable
from amends.mail.raw import RawMissing, raw_store
from amends.mail.sources.mbox_out import append

_NAMED = 20  # hashes that a report names


@dataclass(slots=True)
class Mail:
    """What was written: arrivals of messages, plain bytes, how many of them stand in files of their own.

    `missing` have no bytes in the store, `damaged` have others than their hash says; `named` are the first of either.
    """

    arrivals: int = 0
    bytes: int = 0
    apart: int = 0
    missing: int = 0
    damaged: int = 0
    named: list[str] = field(default_factory=list)


def write_mail(folder: Path, progress: Progress) -> Mail:
    """Write every arrival, in the order in which they came, to the mbox of its mailbox."""
    done = Mail()
    names = {
        mailbox.pk: f"{number:02}-{_slug(mailbox.address)}"
        for number, mailbox in enumerate(Mailbox.objects.order_by("pk"), 1)
    }
    seen = readable(SYSTEM).filter(pk=OuterRef("message"))
    copies, looked_at = Copy.objects.filter(Exists(seen)).select_related("message"), 0
    total = copies.count()
    for batch in batches(copies):
        by_mailbox: dict[int, list[Copy]] = defaultdict(list)
        for copy in batch:
            by_mailbox[copy.mailbox_id].append(copy)
        for mailbox, arrived in by_mailbox.items():
            name = names.get(mailbox) or f"mailbox-{mailbox}"  # one that was made a moment ago
            _write(folder, name, arrived, done)
        looked_at += len(batch)
        progress("Writing mail", looked_at, total)
    for box in folder.glob("*.mbox"):
        with box.open("rb") as file:
            durable(file)
    return done


def _slug(address: str) -> str:
    """A mailbox's address as part of a name that every file system takes."""
    return re.sub(r"[^A-Za-z0-9@._+-]+", "-", address)[:100].strip("-.") or "mailbox"


def _write(folder: Path, name: str, copies: list[Copy], done: Mail) -> None:
    box = folder / f"{name}.mbox"
    with box.open("r+b" if box.exists() else "x+b") as file:
        for copy in copies:
            bytes_ = _Bytes(copy.raw)
            try:
                sender, at = copy.message.sender_email, copy.message.sent_at
                if not append(file, bytes_.chunks(), sender=sender, at=at):
                    _write_apart(folder / name, bytes_)
                    done.apart += 1
                if bytes_.sound:
                    done.arrivals += 1
                    done.bytes += bytes_.size
                    continue
                done.damaged += 1
            except RawMissing:
                done.missing += 1
            except (zstandard.ZstdError, sqlite3.DatabaseError, DatabaseError):
                done.damaged += 1
            done.named += [copy.raw] if len(done.named) < _NAMED else []
    if not box.stat().st_size:
        box.unlink()


def _write_apart(folder: Path, bytes_: _Bytes) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / f"{bytes_.sha256}.eml").open("wb") as file:
        file.writelines(bytes_.chunks())
        durable(file)


class _Bytes:
    """The bytes of one arrival, proved to be those of its hash while they pass."""

    def __init__(self, sha256: str) -> None:
        self.sha256, self.size, self.sound = sha256, 0, False

    def chunks(self) -> Iterator[bytes]:
        """The plain bytes, from their beginning."""
        digest, self.size = hashlib.sha256(), 0
        for chunk in raw_store().chunks(self.sha256):
            digest.update(chunk)
            self.size += len(chunk)
            yield chunk
        self.sound = digest.hexdigest() == self.sha256
