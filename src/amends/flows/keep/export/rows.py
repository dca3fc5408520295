"""What an export holds, table by table. Rows point at each other by public ids; secrets and numbers that can be made
anew stay here, and `LEFT_OUT` says why: a model that is neither exported nor named there fails a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch

from amends.clients.models import Client, Contact, ContactAddress, Domain, Engagement, TimeEntry
from amends.firm.models import AuditEntry, Member, OwnDomain
from amends.firm.queries import firm_in_scope
from amends.flows.keep.export.capital import LEDGER, LEDGERED
from amends.flows.keep.export.checks import CHECKED, WEIGHED, check_settings
from amends.flows.keep.export.connections import CONNECTED, DRAFTS, HELD, RECORDS, SHARES
from amends.flows.keep.export.gates import AT_GATES, GATED
from amends.flows.keep.export.goodwill import EARNED, ON_GOODWILL, goodwill_settings
from amends.flows.keep.export.limits import LIMITED, LIMITS
from amends.flows.keep.export.recoveries import GIVEN, PUT_RIGHT, giving_settings
from amends.flows.keep.export.tables import Table, by_key
from amends.flows.keep.export.tables import public_id as _id
from amends.mail.models import Copy, ImportRun, Mailbox, Message, Participant, Thread, Traffic
from amends.mail.queries import SYSTEM, readable
from amends.signals.models import Correction, Promise, Response, Signal

LEFT_OUT = {
    "OneTimeLink": "a way to sign in; only a hash of it is kept at all",
    "TimeCode": "a secret to sign in with",
    "RecoveryCode": "a way to sign in, once; only a hash of it is kept at all",
    "Passkey": "good for this installation's address alone",
    "AccessToken": "a way in for programs; only a hash of it is kept at all",
    "KeyedRequest": "answers to programs that may ask twice, kept for a day",
    "Job": "the queue of what is to be done here",
    "Portion": "what some worker has in hand right now",
    "Total": "sums of postings, worked out anew from them",
    "Upload": "files of hours and clients between their preview and their import; what came of them is exported",
    "Remote": "where messages lie on mail servers, which is found again by looking there",
    "Composed": "bytes of drafts that are about to leave, made from what is exported",
    "Event": "ids of what some program is to be told, on its way",
    "Delivery": "how far each event is",
    "Body": "read from the message's bytes, and read again wherever they are imported",
    "Erased": "hashes under this installation's key, which match nothing elsewhere",
    "ThreadLink": "hashes of Message-IDs, which are in the messages",
    "Morning": "whether somebody wants a morning digest here, and the day of the last one",
    "RhythmPrior": "counted from the traffic",
    "Tone": "judged from the messages",
    "IssueVector": "numbers of this version's model",
}
"""Models whose rows are not exported, and why not."""


def _mailboxes() -> Iterator[dict[str, Any]]:
    for row in by_key(Mailbox.objects.select_related("owner")):
        yield {
            "id": _id(row), "address": row.address, "owner": _id(row.owner), "visibility": row.visibility,
            "created_at": row.created_at,
        }  # fmt: skip


def _imports() -> Iterator[dict[str, Any]]:
    for row in by_key(ImportRun.objects.select_related("mailbox", "started_by")):
        yield {
            "id": _id(row), "mailbox": _id(row.mailbox), "started_by": _id(row.started_by), "label": row.label,
            "sources": row.sources, "state": row.state, "created_at": row.created_at, "finished_at": row.finished_at,
            "report": row.report, "problem": row.problem,
        }  # fmt: skip


def _messages() -> Iterator[dict[str, Any]]:
    people = Prefetch("participants", Participant.objects.order_by("pk"))
    copies = Prefetch("copies", Copy.objects.select_related("mailbox").order_by("pk"))
    for row in by_key(readable(SYSTEM).select_related("thread", "client").prefetch_related(people, copies)):
        yield {
            "id": _id(row), "thread": _id(row.thread), "client": _id(row.client), "direction": row.direction,
            "kind": row.kind, "kind_reason": row.kind_reason, "sent_at": row.sent_at, "sender_name": row.sender_name,
            "sender_email": row.sender_email, "subject": row.subject, "message_id": row.message_id,
            "sha256": row.raw, "attachments": row.attachment_count, "set_aside": row.set_aside, "asks": row.asks,
            "arrived_at": row.arrived_at,
            "people": [
                {"role": each.role, "name": each.name, "email": each.email} for each in row.participants.all()
            ],
            "arrivals": [
                {
                    "mailbox": each.mailbox.address, "sha256": each.raw, "bytes": each.size, "source": each.source,
                    "labels": each.labels, "arrived_at": each.arrived_at,
                }
                for each in row.copies.all()
            ],
        }  # fmt: skip


def _threads() -> Iterator[dict[str, Any]]:
    for row in by_key(Thread.objects.select_related("client")):
        yield {
            "id": _id(row), "client": _id(row.client), "subject": row.subject, "first_at": row.first_at,
            "last_at": row.last_at, "messages": row.message_count,
        }  # fmt: skip


def _signals() -> Iterator[dict[str, Any]]:
    answers = Prefetch("responses", Response.objects.select_related("member").order_by("pk"))
    for row in by_key(Signal.objects.select_related("client", "message").prefetch_related(answers)):
        yield {
            "id": _id(row), "client": _id(row.client), "kind": row.kind, "message": _id(row.message),
            "quote": row.quote, "start": row.start, "end": row.end, "rule": row.rule, "confidence": row.confidence,
            "said_at": row.said_at, "raised_at": row.raised_at, "cleared_at": row.cleared_at,
            "answered_at": row.answered_at, "detail": row.detail,
            "answers": [
                {
                    "id": _id(each), "member": _id(each.member), "action": each.action, "why": each.why,
                    "until": each.until, "at": each.at, "undone_at": each.undone_at,
                }
                for each in row.responses.all()
            ],
        }  # fmt: skip


def _promises() -> Iterator[dict[str, Any]]:
    points = ("client", "engagement", "owner", "message", "confirmed_by", "settled_by", "replaces", "hint")
    for row in by_key(Promise.objects.select_related(*points)):
        yield {
            "id": _id(row), "client": _id(row.client), "engagement": _id(row.engagement), "by": row.by,
            "owner": _id(row.owner), "text": row.text, "due": row.due, "due_exact": row.due_exact,
            "recurs": row.recurs, "made_at": row.made_at, "state": row.state, "origin": row.origin,
            "origin_id": row.origin_id, "message": _id(row.message), "quote": row.quote, "start": row.start,
            "end": row.end, "rule": row.rule, "confidence": row.confidence, "confirmed_by": _id(row.confirmed_by),
            "confirmed_at": row.confirmed_at, "settled_by": _id(row.settled_by), "settled_at": row.settled_at,
            "settled_why": row.settled_why, "kept_by_message": row.evidence, "replaces": _id(row.replaces),
            "agreed": row.agreed, "agreed_words": row.agreed_words, "perhaps_kept_by": _id(row.hint),
        }  # fmt: skip


def _corrections() -> Iterator[dict[str, Any]]:
    for row in by_key(Correction.objects.select_related("member", "message").defer("vector")):
        yield {
            "id": _id(row), "member": _id(row.member), "message": _id(row.message), "start": row.start,
            "end": row.end, "quote": row.quote, "kind_said": row.said, "kind_right": row.right, "sure": row.sure,
            "at": row.at, "undone_at": row.undone_at,
        }  # fmt: skip


def _time() -> Iterator[dict[str, Any]]:
    for row in by_key(TimeEntry.objects.select_related("engagement__client", "member")):
        yield {
            "id": _id(row), "engagement": _id(row.engagement),
            "client": _id(row.engagement.client if row.engagement else None), "project": row.project,
            "person": row.person, "member": _id(row.member), "day": row.day, "starts_at": row.starts_at,
            "ends_at": row.ends_at, "seconds": row.seconds, "billable": row.billable, "rate": row.rate,
            "amount": row.amount, "cost": row.cost, "currency": row.currency, "description": row.description,
            "task": row.task, "tags": row.tags, "entered_on": row.entered_on, "source": row.source,
        }  # fmt: skip


def _engagements() -> Iterator[dict[str, Any]]:
    for row in by_key(Engagement.objects.select_related("client", "closed_by")):
        yield {
            "id": _id(row), "client": _id(row.client), "name": row.name, "kind": row.kind, "starts_on": row.starts_on,
            "ends_on": row.ends_on, "renews_on": row.renews_on, "yearly_value": row.yearly_value, "value": row.value,
            "currency": row.currency, "version": row.version, "created_at": row.created_at,
            "closed_at": row.closed_at, "closed_by": _id(row.closed_by), "closed_why": row.closed_why,
        }  # fmt: skip


def _traffic() -> Iterator[dict[str, Any]]:
    for row in by_key(Traffic.objects.select_related("client")):
        yield {"client": _id(row.client), "day": row.day, "received": row.received, "sent": row.sent}


def contacts() -> Iterator[Contact]:
    """Everybody, with client and `addresses` loaded; those are never none but for a person without mail."""
    addresses = Prefetch("addresses", ContactAddress.objects.order_by("pk"))
    yield from by_key(Contact.objects.select_related("client").prefetch_related(addresses))


def _contacts() -> Iterator[dict[str, Any]]:
    for row in contacts():
        yield {
            "id": _id(row), "client": _id(row.client), "client_name": row.client.name, "name": row.name,
            "title": row.title, "phone": row.phone,
            "emails": [each.email for each in row.addresses.all()], "last_at": row.last_at, "received": row.received,
        }  # fmt: skip


def _clients() -> Iterator[dict[str, Any]]:
    domains = Prefetch("domains", Domain.objects.order_by("pk"))
    for row in by_key(Client.objects.select_related("merged_into").prefetch_related(domains)):
        yield {
            "id": _id(row), "name": row.name, "standing": row.standing, "standing_why": row.standing_why,
            "industry": row.industry,
            "domains": [each.value for each in row.domains.all()], "merged_into": _id(row.merged_into),
            "named_by_a_person": row.name_fixed, "standing_by_a_person": row.standing_fixed,
            "created_at": row.created_at, "first_at": row.first_at, "last_at": row.last_at,
            "received": row.received, "sent": row.sent,
        }  # fmt: skip


def _members() -> Iterator[dict[str, Any]]:
    for row in by_key(Member.objects.all()):
        yield {
            "id": _id(row), "name": row.name, "email": row.email, "role": row.role, "active": row.is_active,
            "authority": row.authority, "joined_at": row.joined_at, "last_sign_in": row.last_login,
        }  # fmt: skip


def _audit() -> Iterator[dict[str, Any]]:
    for row in by_key(AuditEntry.objects.select_related("member")):
        yield {
            "id": _id(row), "at": row.at, "member": _id(row.member), "who": row.who, "did": row.did,
            "about": row.about, "detail": row.detail, "address": row.address,
        }  # fmt: skip


def settings_of_firm() -> dict[str, Any]:
    """The firm's settings, as one object."""
    firm = firm_in_scope()
    return {
        "id": str(firm.public_id), "name": firm.name, "timezone": firm.timezone, "country": firm.country,
        "currency": firm.currency, "work_days": firm.work_days, "day_start": firm.day_start.isoformat(),
        "day_end": firm.day_end.isoformat(), "reasons_days": firm.reasons_days,
        "two_factor_required": firm.two_factor_required, "single_sign_on_only": firm.single_sign_on_only,
        "undo_seconds": firm.undo_seconds, "created_at": firm.created_at.isoformat(), "check": check_settings(),
        "putting_right": giving_settings(), "goodwill": goodwill_settings(),
        "own_domains": sorted(OwnDomain.objects.values_list("value", flat=True)),
    }  # fmt: skip


TABLES = (
    # Rows before what they point at, so that mail which arrives meanwhile leaves nothing pointing nowhere.
    *LEDGER,
    *CHECKED,
    *PUT_RIGHT,
    *GATED,
    *LIMITS,
    *EARNED,
    DRAFTS,
    SHARES,
    RECORDS,
    Table("corrections", "what people corrected: the sentence, what it was read as, what it is", _corrections),
    Table("promises", "what we and our clients said we would do, by when, and what became of it", _promises,
          ("id", "client", "engagement", "by", "owner", "text", "due", "due_exact", "recurs", "made_at", "state",
           "origin", "origin_id", "message", "quote", "start", "end", "rule", "confidence", "confirmed_by",
           "confirmed_at", "settled_by", "settled_at", "settled_why", "kept_by_message", "replaces", "agreed",
           "agreed_words", "perhaps_kept_by")),
    Table("signals", "what was noticed, each with its quote, its message and what people answered", _signals),
    Table(
        "messages",
        "every message: its thread, client, people, and the SHA-256 of its bytes under which each arrival came",
        _messages,
    ),
    Table("threads", "conversations", _threads, ("id", "client", "subject", "first_at", "last_at", "messages")),
    Table("traffic", "personal messages a day, received and sent, by client", _traffic,
          ("client", "day", "received", "sent")),
    Table("time", "time entries; seconds are whole, times of day have their zone", _time,
          ("id", "engagement", "client", "project", "person", "member", "day", "starts_at", "ends_at", "seconds",
           "billable", "rate", "amount", "cost", "currency", "description", "task",
           "tags", "entered_on", "source")),
    Table("engagements", "projects and retainers; values without a currency are in that of settings.json", _engagements,
          ("id", "client", "name", "kind", "starts_on", "ends_on", "renews_on", "yearly_value", "value", "currency",
           "version", "created_at", "closed_at", "closed_by", "closed_why")),
    Table("contacts", "people at clients, with their addresses (the same as contacts.vcf)", _contacts,
          ("id", "client", "client_name", "name", "title", "phone", "emails", "last_at", "received")),
    Table("clients", "organisations outside the firm, with their domains and what they are to it", _clients,
          ("id", "name", "standing", "standing_why", "industry", "domains", "merged_into", "named_by_a_person",
           "standing_by_a_person", "created_at", "first_at", "last_at", "received", "sent")),
    Table("imports", "archives that were brought in, and what came of it", _imports),
    Table("mailboxes", "where mail came from, whose it is, who may read it", _mailboxes,
          ("id", "address", "owner", "visibility", "created_at")),
    *CONNECTED,
    Table("audit", "who did, or saw, what matters", _audit),
    Table("members", "people who work here; no passwords, no keys", _members,
          ("id", "name", "email", "role", "active", "authority", "joined_at", "last_sign_in")),
)  # fmt: skip
EXPORTED = {
    AuditEntry, Client, Contact, ContactAddress, Copy, Correction, Domain, Engagement, ImportRun, Mailbox, Member,
    Message, OwnDomain, Participant, Promise, Response, Signal, Thread, TimeEntry, Traffic,
    *HELD, *WEIGHED, *GIVEN, *LEDGERED,
    *HELD, *WEIGHED, *GIVEN, *AT_GATES,
    *HELD, *WEIGHED, *GIVEN, *LIMITED,
    *HELD, *WEIGHED, *GIVEN, *ON_GOODWILL,
}  # fmt: skip
"""Models whose rows are in some file of an export."""
