"""A firm that knows Xanthippe's, and what becomes of its rows when she asks to be forgotten."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from tests.conftest import NOW
from tests.letters import OURS, days, judged, letter

from amends.clients.actions.curate import add_engagement
from amends.clients.models import (
    Client,
    TimeEntry,
)  # fmt: skip
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.scope import FirmRow
from amends.flows.keep.erase.plan import Plan, plan
from amends.flows.keep.erase.run import erase
from amends.flows.keep.erase.whom import find_whom
from amends.flows.set_up import begin_run
from amends.mail.models import Message, RunState
from amends.signals.actions import respond
from amends.signals.models import Action, Correction, Promise, Signal

SECRET = "Xanthippe"
XAN = f"{SECRET} Müller <xan@xanthippe.example>"
JO = "Jo Vane <jo@xanthippe.example>"
OTHER = "Petra Hartwell <petra@hartwell.example>"
OURS_ALONE = "the firm's own"
BECOMES = {
    "ClearanceCheck": "goes with its engagement, or loses words", "Gate": "goes with its engagement, or loses words",
    "ClearanceEvidence": "goes with what it rests on, or loses words",
    "GateEvidence": "goes with its message, or loses words", "GateQuestion": "goes with its gate, or loses words",
    "Publication": "goes with its engagement, or loses words", "StartingList": "goes where it names them",
    "Ask": "goes with its client", "Claim": "goes with its client, or loses words", "Manners": OURS_ALONE,
    "Gesture": "goes with its client, or loses words", "Guarantee": "loses words that name them",
    "Referral": "goes with its client, or loses words", "Renewal": "goes with its client",
    "Review": "goes with its client or where they wrote it, or loses words",
    "AccessToken": OURS_ALONE, "Allowance": OURS_ALONE, "Approval": "loses words that name them",
    "DoneBy": OURS_ALONE, "HandoverItem": "goes with its parting or its promise, or where it names them",
    "Parting": "goes with its client, or loses words", "ReferralOut": "goes with its client, or loses words",
    "ScopeAnswer": "goes with its client, or loses words", "Service": "goes where it names them, or loses words",
    "Supplier": "goes where it names them, or loses words", "WorkScope": "goes with its client, or loses words",
    "Brief": "goes with its recovery, or where mail it rests on goes", "Budget": OURS_ALONE, "BudgetEntry": "numbers",
    "Call": "goes with its recovery, or loses its words", "Clocks": OURS_ALONE,
    "DrillResult": "loses turns that name them",
    "Escalation": "goes with its recovery", "Evidence": "goes with what it rests on",
    "Finding": "goes with its issue, or loses words",
    "Issue": "goes with its message or its recovery", "Note": "goes with its call, or loses its words",
    "PolicyVersion": OURS_ALONE, "Posting": "keeps its amount; it holds no words", "Total": "numbers",
    "Playbook": "loses words that name them", "Recovery": "goes with its client, or loses words",
    "RecoveryStep": "goes with its recovery, or loses its reason", "RecoveryThread": "goes with its conversation",
    "Remedy": "goes with its recovery, or loses words", "Spending": "numbers",
    "Account": "the firm's own, loses what the server said of them",
    "AvoidedWords": "goes where it names them", "AuditEntry": "keeps who did what, loses names and detail",
    "Body": "goes with its message", "Client": "goes, or stays nameless where hours are booked",
    "Composed": "goes with its draft", "Contact": "goes", "ContactAddress": "goes", "Copy": "goes with its message",
    "Correction": "goes with its message", "Delivery": "ids", "Domain": "goes",
    "Draft": "goes where it is to them, about their mail, or over and names them", "DraftFile": "goes with its draft",
    "Endpoint": OURS_ALONE, "Engagement": "goes, or stays nameless where hours are booked",
    "Erased": "hashes under our key", "Event": "ids", "Folder": OURS_ALONE, "ImportRun": "loses names of archives",
    "GlossaryTerm": "goes", "IssueVector": "goes with its signal",
    "Job": "loses what went wrong; goes where it was told their address",
    "KeyedRequest": "goes where it names them", "KnownRecord": "goes", "Mailbox": OURS_ALONE, "Member": OURS_ALONE,
    "Message": "goes", "Morning": OURS_ALONE, "OneTimeLink": OURS_ALONE, "OwnDomain": OURS_ALONE,
    "Participant": "goes with its message", "Passkey": OURS_ALONE, "Portion": "keys",
    "Promise": "goes with its message or its client, or where it names them",
    "Reaction": "keeps what was done, loses the reason", "Recipient": "goes with its draft", "RecoveryCode": OURS_ALONE,
    "Remote": "keeps the hash, loses the reason", "Response": "goes with its signal", "RhythmPrior": "numbers",
    "RuleChoice": OURS_ALONE, "RuleExample": "goes where it names them", "Share": "ids",
    "Signal": "goes with its message", "SmtpAccount": "the firm's own, loses what the server said",
    "Thread": "goes, or is counted anew", "ThreadLink": "hashes", "TimeCode": OURS_ALONE,
    "TimeEntry": "keeps hours and money, loses words", "Tone": "goes with its message",
    "Traffic": "goes, or is counted anew", "Upload": "goes where it was only looked at, or loses words",
}  # fmt: skip


def everything() -> str:
    """Every row of the firm in scope as text, hashes aside."""
    rows = [
        list(model._default_manager.values())
        for model in apps.get_models()
        if issubclass(model, FirmRow)
    ]  # fmt: skip
    plain = DjangoJSONEncoder(ensure_ascii=False, default=None)
    return "\n".join(plain.encode(_text(dict(row))) for each in rows for row in each)


def _text(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: bytes(value).hex() if isinstance(value, (bytes, memoryview)) else value for name, value in row.items()
    }


def write(number: int, text: str, **more: Any) -> bytes:
    return letter(text, at=NOW - days(30 - number), message_id=f"{number}@x", **more)


def their_letters() -> dict[str, bytes]:
    """What people wrote, by what becomes of it when Xanthippe's firm is erased, and when she alone is."""
    return {
        "theirs": write(1, f"I am furious. {SECRET} naïve Ω-words; the third invoice is wrong again.", sender=XAN),
        "answer": write(2, f"Dear {SECRET}, I am sorry.", sender=OURS, to=XAN, references=["1@x"]),
        "colleague": write(3, "We wait for the plan.", sender=JO, subject="The plan"),
        "both": write(4, "Dear both, here.", sender=OURS, to=JO, cc=XAN, references=["3@x"], subject="Re: The plan"),
        "internal": write(5, "They are angry.", sender=OURS, to="bob@studio.example", references=["1@x"]),
        "copied": write(6, "Hello.", sender=OURS, to=OTHER, cc=XAN, subject="Both of you"),
        "other": write(7, "Thank you.", sender=OTHER, subject="Another matter"),
        "to them": write(8, "From me to them.", sender=OTHER, to=XAN, cc=OURS, subject="Introduction"),
    }


def fill(letters: dict[str, bytes], *, member: Member, home: Path) -> None:
    """Xanthippe's firm with a row in every table, and another client."""
    judged(*letters.values(), now=NOW)
    run = begin_run([home / "uploads" / "1" / f"{SECRET}.mbox"], now=NOW)
    run.state, run.report = RunState.DONE, {"set_aside": [{"source": f"{SECRET}.eml", "reason": "odd"}]}
    run.save()
    (home / "uploads" / "1").mkdir(parents=True)
    (home / "uploads" / "1" / f"{SECRET}.mbox").write_bytes(letters["theirs"])
    signals = list(
        Signal.objects.filter(client__domains__value="xanthippe.example").values_list("public_id", flat=True)
    )
    assert signals
    respond(signals, action=Action.OWN, member=member, at=NOW, why=SECRET)
    Correction.objects.create(
        member=member, message=Message.objects.get(message_id="1@x"), start=0, end=5, quote=SECRET, said="anger",
        right="", at=NOW, batch=uuid.uuid4(),
    )  # fmt: skip
    promise(member)
    note("client.renamed", member=member, now=NOW, about=f"client {xanthippe().public_id}", detail={"to": SECRET})
    note("mailbox.read", member=member, now=NOW, about="xan@xanthippe.example", detail={"name": f"{SECRET} Müller"})
    note("member.invited", member=member, now=NOW, about="bob@studio.example", detail={"role": "staff"})


def xanthippe() -> Client:
    return Client.objects.get(domains__value="xanthippe.example")


def promise(member: Member) -> None:
    """One in their letter, one that somebody wrote down and kept by it."""
    message = Message.objects.get(message_id="1@x")
    shared = {"client": xanthippe(), "made_at": NOW, "confirmed_by": member, "confirmed_at": NOW, "text": SECRET}
    Promise.objects.create(
        **shared, by="client", message=message, quote=SECRET, start=0, end=5, origin="message", key=f"client:{SECRET}",
        state="pending", why=SECRET,
    )  # fmt: skip
    Promise.objects.create(
        **shared, by="firm", owner=member, origin="person", key="person:1", state="kept", settled_by=member,
        settled_at=NOW, settled_why=SECRET, agreed_words=SECRET, evidence=message.public_id,
    )  # fmt: skip


def hours(client: Client, text: str = SECRET) -> TimeEntry:
    return TimeEntry.objects.create(
        engagement=add_engagement(client, name=f"{SECRET} retainer", now=NOW), person="Ada Moss", day=NOW.date(),
        seconds=5400, source="toggl", tags=[text], description=f"Call with {text}", project=SECRET, task=text,
        fingerprint="0" * 64, created_at=NOW,
    )  # fmt: skip


def forget(who: str, *, everywhere: bool = False) -> Plan:
    return erase(plan(find_whom(who), now=NOW, everywhere=everywhere), now=NOW, everywhere=everywhere)


def left() -> set[str]:
    return set(Message.objects.values_list("message_id", flat=True))
