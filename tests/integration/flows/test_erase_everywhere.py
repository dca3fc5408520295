"""The name of whoever is to be forgotten, planted in every column that can hold it, stands in none afterwards."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import JSONField, fields
from django_tasks_db.models import DBTaskResult
from tests.beyond import beyond
from tests.bounding import bounded
from tests.conftest import NOW
from tests.forgetting import (
    BECOMES,
    OURS_ALONE,
    SECRET,
    everything,
    forget,
    hours,
    xanthippe,
)
from tests.gating import at_gates
from tests.letters import mailbox
from tests.putting_right import known_how, put_right

from amends.clients.models import (
    Client,
    Contact,
    Engagement,
    GlossaryTerm,
    KnownRecord,
    TimeEntry,
    Upload,
    UploadKind,
)  # fmt: skip
from amends.firm.models import Firm, KeyedRequest, Member
from amends.firm.rules import Scope
from amends.firm.scope import FirmRow
from amends.firm.tokens import make_token
from amends.flows.keep.verify import verify
from amends.flows.members import send_reset
from amends.flows.tasks import judge_stored
from amends.flows.uploads import keep
from amends.jobs.models import Job
from amends.mail.models import Account, Body, Copy, Folder, ImportRun, Message, Remote, RunState, Thread
from amends.outbox.models import (
    AvoidedWords,
    Composed,
    Draft,
    DraftFile,
    Reaction,
    Recipient,
    RuleExample,
    SmtpAccount,
)  # fmt: skip
from amends.signals.models import Signal

pytestmark = pytest.mark.usefixtures("empty_index")
NOT_THEIRS = {  # columns of the firm's own in rows that hold words of theirs elsewhere
    "Account.host", "Account.username", "Account.secret", "Account.claimed_by",
    "AuditEntry.who", "AuditEntry.did", "AuditEntry.address",
    "Copy.raw", "Correction.vector", "Correction.vector_by", "Client.named_by",
    "Draft.from_address", "Draft.own_id", "DraftFile.content_type", "Engagement.currency",
    "ImportRun.sources",
    "IssueVector.numbers", "IssueVector.made_by", "Job.slot", "Job.holder", "Job.machine",
    "KeyedRequest.asked", "KnownRecord.source", "Message.kind", "Message.raw", "Message.fingerprint",
    "Reaction.mark", "Reaction.rule", "Reaction.family", "Reaction.severity", "RuleExample.rule",
    "Body.segments", "Participant.role", "Recipient.role", "Remote.sha256", "Signal.rule", "Signal.key", "Promise.rule",
    "Promise.as_read", "Escalation.clock", "Issue.feeling", "Remedy.currency", "Brief.wrote_from", "Note.kind",
    "Playbook.mode",
    "Playbook.trade", "DrillResult.scenario", "StartingList.kind", "StartingList.slug", "Publication.kind",
    "SmtpAccount.host", "SmtpAccount.user", "SmtpAccount.password", "SmtpAccount.from_address",
    "SmtpAccount.from_name", "SmtpAccount.signature",
    "Posting.key", "Posting.kind", "Posting.speaker", "Posting.cause", "Posting.evidence_kind",
    "Parting.shown", "ScopeAnswer.currency",
    "TimeEntry.person", "TimeEntry.currency", "TimeEntry.source", "TimeEntry.fingerprint", "Tone.feelings",
    "Upload.made",
    "Gesture.currency", "Gesture.about_kind", "Review.fingerprint", "Referral.currency", "Renewal.currency",
    "Guarantee.kind", "Guarantee.currency", "Claim.kind", "Claim.currency",
}  # fmt: skip


def texts() -> dict[str, tuple[type[FirmRow], str]]:
    """Every column that can hold words of theirs, as Model.column."""
    found = {}
    for model in apps.get_models():
        if not issubclass(model, FirmRow) or BECOMES[model.__name__] in {OURS_ALONE, "ids", "keys", "numbers"}:
            continue
        if BECOMES[model.__name__].startswith("hashes"):
            continue
        for field in model._meta.concrete_fields:
            words = isinstance(field, (fields.CharField, fields.TextField, fields.BinaryField, JSONField))
            name = f"{model.__name__}.{field.name}"
            if words and not field.choices and name not in NOT_THEIRS:
                found[name] = (model, field.name)
    return found


def holds(value: Any) -> bool:
    raw = bytes(value) if isinstance(value, (bytes, memoryview)) else json.dumps(value, default=str).encode()
    return SECRET.lower().encode() in raw.lower()


@pytest.fixture
def named_everywhere(full: Firm, member: Member, home: Path) -> Firm:
    """Xanthippe's name in every column that can hold it."""
    entry, theirs = hours(xanthippe()), Message.objects.get(message_id="1@x")
    Client.objects.filter(pk=xanthippe().pk).update(name=SECRET, standing_why=SECRET, industry=SECRET)
    Contact.objects.filter(client=xanthippe()).update(title=SECRET, phone=SECRET)
    Engagement.objects.update(closed_why=SECRET, kind=SECRET, closed_at=NOW, value=9)
    TimeEntry.objects.update(rate=90, amount=135)
    KnownRecord.objects.create(source="hubspot", kind="deal", record=SECRET, engagement=entry.engagement)
    Message.objects.filter(pk=theirs.pk).update(
        kind_reason=SECRET, set_aside=SECRET, snippet=SECRET, subject=SECRET, message_id=f"{SECRET}@x"
    )
    Thread.objects.filter(pk=theirs.thread_id).update(subject=SECRET)
    Body.objects.filter(message=theirs).update(attachments=[{"name": SECRET}], notes=[SECRET])
    Copy.objects.filter(message=theirs).update(source=SECRET, labels=[SECRET])
    Signal.objects.filter(message=theirs).update(quote=SECRET, detail={"by": SECRET})
    ImportRun.objects.filter(state=RunState.DONE).update(problem=SECRET, label=SECRET)
    kept = keep([SECRET.encode()], kind=UploadKind.TIME, name=f"{SECRET}.csv", member=member, now=NOW)
    assert [file.parent.name for file in (home / "uploads" / "sheets").rglob("file")] == [str(kept.public_id)]
    Upload.objects.create(
        kind=UploadKind.CLIENTS, member=member, name=SECRET, options={"who": SECRET}, state="done", problem=SECRET,
        report={"set_aside": [SECRET], "imported": 3}, created_at=NOW,
    )  # fmt: skip
    judge_stored.enqueue(firm_id=full.pk)
    Job.objects.update(problem=f"No answer from {SECRET}.example")
    send_reset.enqueue(firm_id=full.pk, email="xan@xanthippe.example", address=None)
    token, _ = make_token(member, name="program", scopes=list(Scope), now=NOW)
    KeyedRequest.objects.create(
        token=token, key=SECRET, asked="0" * 64, body=SECRET, headers={"x": SECRET}, created_at=NOW
    )
    live = Account.objects.create(
        mailbox=mailbox(now=NOW), host="imap.studio.example", username="ada", since=NOW.date(), state_since=NOW,
        created_at=NOW, problem=f"about xan@{SECRET.lower()}.example",
    )  # fmt: skip
    inbox = Folder.objects.create(account=live, name="INBOX", chosen=True)
    Remote.objects.create(folder=inbox, uidvalidity=1, uid=1, outcome="aside", sha256=theirs.raw, reason=SECRET, at=NOW)
    server = SmtpAccount.objects.create(
        host="smtp.studio.example", from_address="ada@studio.example", problem=f"{SECRET}.example", changed_at=NOW
    )
    GlossaryTerm.objects.create(client=xanthippe(), wrong=SECRET, right=SECRET, why=SECRET, at=NOW)
    AvoidedWords.objects.create(words=SECRET, instead=SECRET, at=NOW)
    RuleExample.objects.create(rule="blame-should-have", text=f"{SECRET} should have known.", fires=True, at=NOW)
    Reaction.objects.create(
        draft_key=entry.public_id, mark="0" * 16, rule="glossary", family="glossary", severity="warn",
        made="dismissed", reason="other", why=SECRET, at=NOW,
    )  # fmt: skip
    for more in ({"client": xanthippe()}, {"answers": theirs}, {"state": "sent"}, {"state": "failed"}):
        draft = Draft.objects.create(
            author=member, account=server, purpose="reply", subject=SECRET, text=SECRET, problem=SECRET,
            findings=[{"quote": SECRET}], decided_why=SECRET, created_at=NOW, changed_at=NOW, **more,
        )  # fmt: skip
        Composed.objects.create(draft=draft, data=SECRET.encode())
        DraftFile.objects.create(draft=draft, name=SECRET, content_type="x/y", size=1, data=SECRET.encode())
        who = "jo@xanthippe.example" if "state" not in more or more["state"] == "failed" else "petra@hartwell.example"
        Recipient.objects.create(draft=draft, role="to", name=SECRET, email=who, answer=SECRET)
    put_right(xanthippe(), SECRET, member=member, at=NOW, message=theirs, thread=theirs.thread)
    others = Client.objects.exclude(pk=xanthippe().pk).earliest("pk")
    put_right(others, f"What {SECRET} said", member=member, at=NOW)
    known_how(SECRET, member=member, at=NOW)
    assert entry.engagement is not None
    at_gates(entry.engagement, SECRET, at=NOW, message=theirs)
    at_gates(Engagement.objects.create(client=others, name="Other", created_at=NOW), f"What {SECRET} said", at=NOW)
    bounded(xanthippe(), SECRET, at=NOW, message=theirs)
    bounded(others, f"What {SECRET} said", at=NOW)
    beyond(xanthippe(), SECRET, theirs.public_id)
    beyond(others, SECRET)
    return full


def test_the_name_is_planted_in_every_column_and_then_stands_in_none(named_everywhere: Firm, home: Path) -> None:
    columns = texts()
    bare = {
        name for name, (model, column) in columns.items()
        if not any(holds(value) for value in model._default_manager.values_list(column, flat=True))
    }  # fmt: skip
    assert bare == set(), "plant the name there in `named_everywhere`, or say in NOT_THEIRS that it cannot stand there"
    raw = Message.objects.get(message_id=f"{SECRET}@x").raw
    other = Draft.objects.create(purpose="reply", text="Dear Petra", created_at=NOW, changed_at=NOW)
    done = forget("xanthippe.example", everywhere=True)
    assert done.counts["drafts"] == 4
    still = {
        name for name, (model, column) in columns.items()
        if any(holds(value) for value in model._default_manager.values_list(column, flat=True))
    }  # fmt: skip
    assert still == set()
    assert SECRET.lower() not in everything().lower()
    assert SECRET.lower() not in json.dumps(list(DBTaskResult.objects.values_list("args_kwargs", flat=True))).lower()
    assert list(Draft.objects.all()) == [other]
    assert not list((home / "uploads" / "sheets").rglob("file"))
    (upload,) = Upload.objects.all()
    assert (upload.name, upload.options, upload.report) == ("a file", {}, {"set_aside": [], "imported": 3})
    (remote,) = Remote.objects.all()
    assert (remote.sha256, remote.reason) == (raw, "")
    (entry,) = TimeEntry.objects.all()
    assert (entry.seconds, entry.amount, entry.rate) == (5400, Decimal(135), Decimal(90))
    assert verify().whole


def test_a_person_s_drafts_go_and_others_stay(full: Firm, member: Member) -> None:
    for email, text, state in (
        ("jo@xanthippe.example", "Dear Jo", "draft"), ("petra@hartwell.example", "Ask Jo Vane", "sent"),
        ("petra@hartwell.example", "Ask Jo Vane soon", "draft"), ("xan@xanthippe.example", "Dear Xan", "sent"),
    ):  # fmt: skip
        draft = Draft.objects.create(purpose="reply", text=text, state=state, created_at=NOW, changed_at=NOW)
        Recipient.objects.create(draft=draft, role="to", email=email)
    assert forget("jo@xanthippe.example").counts["drafts"] == 2
    assert set(Draft.objects.values_list("text", flat=True)) == {"Ask Jo Vane soon", "Dear Xan"}
