"""What an export holds of what the firm sends, is connected to, and opened to whom. Passwords and keys stay here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch

from amends.clients.models import KnownRecord
from amends.flows.keep.export.tables import Table, by_key
from amends.flows.keep.export.tables import public_id as _id
from amends.mail.models import Account, Folder, Share
from amends.outbox.models import Draft, DraftFile, Recipient, SmtpAccount
from amends.outbox.rules import SECRETS
from amends.webhooks.models import Endpoint


def _drafts() -> Iterator[dict[str, Any]]:
    people = Prefetch("recipients", Recipient.objects.order_by("pk"))
    files = Prefetch("files", DraftFile.objects.defer("data").order_by("pk"))
    points = ("author", "account", "client", "thread", "answers", "message", "settled_by")
    for row in by_key(Draft.objects.select_related(*points).prefetch_related(people, files)):
        yield {
            "id": _id(row), "author": _id(row.author), "mail_server": _id(row.account), "purpose": row.purpose,
            "client": _id(row.client), "thread": _id(row.thread), "answers": _id(row.answers), "quotes": row.quotes,
            "subject": row.subject, "text": "" if row.purpose in SECRETS else row.text, "from": row.from_address,
            "message_id": row.own_id, "state": row.state, "created_at": row.created_at, "queued_at": row.queued_at,
            "sent_at": row.sent_at, "problem": row.problem, "settled_by": _id(row.settled_by),
            "findings": row.findings, "decided_why": row.decided_why,
            "message": _id(row.message),
            "people": [
                {"role": one.role, "name": one.name, "email": one.email, "taken": one.taken, "answer": one.answer}
                for one in row.recipients.all()
            ],
            "files": [
                {"name": one.name, "content_type": one.content_type, "bytes": one.size} for one in row.files.all()
            ],
        }  # fmt: skip


def _mail_servers() -> Iterator[dict[str, Any]]:
    for row in by_key(
        SmtpAccount.objects.select_related("member", "permission").defer("password", "permission__secret")
    ):
        yield {
            "id": _id(row), "member": _id(row.member), "host": row.host, "port": row.port, "security": row.security,
            "user": row.user, "from_address": row.from_address, "from_name": row.from_name,
            "signature": row.signature, "signs_in_by": _id(row.permission), "changed_at": row.changed_at,
        }  # fmt: skip


def _live() -> Iterator[dict[str, Any]]:
    folders = Prefetch("folders", Folder.objects.order_by("pk"))
    for row in by_key(Account.objects.select_related("mailbox").defer("secret").prefetch_related(folders)):
        yield {
            "id": _id(row), "mailbox": _id(row.mailbox), "host": row.host, "port": row.port,
            "security": row.security, "username": row.username, "signs_in_with": row.credential, "since": row.since,
            "forwards": row.forwards, "created_at": row.created_at,
            "folders": [
                {"name": one.name, "role": one.role, "read": one.chosen, "stored": one.stored, "left_out": one.left_out}
                for one in row.folders.all()
            ],
        }  # fmt: skip


def _shares() -> Iterator[dict[str, Any]]:
    for row in by_key(Share.objects.select_related("mailbox", "thread", "client", "member", "by")):
        yield {
            "id": _id(row), "mailbox": _id(row.mailbox), "thread": _id(row.thread), "client": _id(row.client),
            "member": _id(row.member), "everybody": row.everybody, "by": _id(row.by), "passed_on": row.passed_on,
            "at": row.at, "withdrawn_at": row.withdrawn_at,
        }  # fmt: skip


def _records() -> Iterator[dict[str, Any]]:
    for row in by_key(KnownRecord.objects.select_related("client", "contact", "engagement")):
        yield {
            "source": row.source, "kind": row.kind, "record": row.record, "client": _id(row.client),
            "contact": _id(row.contact), "engagement": _id(row.engagement),
        }  # fmt: skip


def _webhooks() -> Iterator[dict[str, Any]]:
    for row in by_key(Endpoint.objects.select_related("made_by").defer("secret", "old_secret")):
        yield {
            "id": _id(row), "url": row.url, "description": row.description, "kinds": row.kinds,
            "made_by": _id(row.made_by), "created_at": row.created_at, "paused_at": row.paused_at,
        }  # fmt: skip


DRAFTS = Table(
    "drafts", "what people write and wrote here: to whom, the text, names of files, what became of it", _drafts
)
SHARES = Table("shares", "what of closed mailboxes was opened to whom", _shares,
               ("id", "mailbox", "thread", "client", "member", "everybody", "by", "passed_on", "at",
                "withdrawn_at"))  # fmt: skip
RECORDS = Table("records", "ids by which other tools know clients, people and engagements", _records,
                ("source", "kind", "record", "client", "contact", "engagement"))  # fmt: skip
CONNECTED = (
    Table("live_mailboxes", "servers that mailboxes are kept up to date from, and their folders; no passwords", _live),
    Table("mail_servers", "servers that take what is sent, and signatures; no passwords", _mail_servers,
          ("id", "member", "host", "port", "security", "user", "from_address", "from_name", "signature",
           "changed_at")),
    Table("webhooks", "addresses of programs that are told what happens, and of what; no keys", _webhooks,
          ("id", "url", "description", "kinds", "made_by", "created_at", "paused_at")),
)  # fmt: skip
"""Nothing of them points at mail."""
HELD = {Account, Draft, DraftFile, Endpoint, Folder, KnownRecord, Recipient, Share, SmtpAccount}
"""Models whose rows are in some of these files."""
